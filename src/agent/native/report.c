#include "report.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int report_open(int ends[2]) {
	int on = 1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -1;
	return setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

int report_ready(int report) {
	char answer;
	if (send(report, "r", 1, MSG_NOSIGNAL) != 1) return -1;
	ssize_t got;
	do got = recv(report, &answer, 1, 0);
	while (got < 0 && errno == EINTR);
	return got == 1 ? 0 : -1;
}

void report_failure(int report, int code, const struct text *words) {
	static char packet[sizeof((struct packet *)0)->line - 1];
	struct text text = TEXT_IN(packet);
	text_append(&text, "f");
	text_append_unsigned(&text, (unsigned)code, 10, 1);
	text_append(&text, " ");
	text_append_bytes(&text, words->bytes, words->length);
	send(report, packet, text.length, MSG_NOSIGNAL);
}

union credentials {
	char bytes[CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr align;
};

static pid_t sender_of(struct msghdr *message) {
	struct ucred sender = {0};
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	if (header && header->cmsg_type == SCM_CREDENTIALS) memcpy(&sender, CMSG_DATA(header), sizeof sender);
	return sender.pid;
}

void report_read(int report, struct packet *packet) {
	char bytes[sizeof packet->line];
	struct iovec part = {bytes, sizeof bytes - 1};
	union credentials control;
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	ssize_t got;
	do got = recvmsg(report, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	packet->kind = PACKET_END;
	if (got <= 0) return;
	packet->kind = bytes[0] == 'r' ? PACKET_READY : PACKET_FAILURE;
	packet->sender = sender_of(&message);
	bytes[got] = '\0';
	memcpy(packet->line, bytes + 1, (size_t)got);
}

void report_answer(int report) {
	send(report, "k", 1, MSG_NOSIGNAL);
}
