/* The root of the mount namespace, where a process's own root is another: a chroot. */
#ifndef NAMESPACE_ROOT_H
#define NAMESPACE_ROOT_H

/* In a chroot the kernel makes no user namespaces and changes no roots. Where the caller is in one and has the rights, moves it into a
 * mount namespace of its own whose root is the chroot's directory; otherwise does nothing. 0, or EXIT_CANNOT_CONTAIN after a message. */
int own_namespace_root(void);

#endif
