import { ensureFixtureImage } from './fixture-images.ts';
import { buildTestImage } from './run-docker.ts';

/** nginx and the front end of the fixture, in an image that is small enough to be moved often. */
const small = `
FROM slimtrace-fixture/react-nginx:latest AS fat
USER 0
RUN mkdir /small && cd / \\
 && cp -a --parents bin lib lib64 etc tmp run usr/share/nginx usr/sbin/nginx usr/bin/dash usr/bin/sh usr/bin/cat usr/bin/id \\
      usr/lib/os-release usr/share/zoneinfo/Etc var/www var/log/nginx var/lib/nginx /small \\
 && for library in $(ldd /usr/sbin/nginx /usr/bin/dash /usr/bin/id | grep -o '/lib[^ )]*' | sort -u); do \\
      cp -a --parents "usr$library" "$(readlink -f "usr$library" | cut -c2-)" /small; \\
    done
`;

const config = 'EXPOSE 80\nSTOPSIGNAL SIGQUIT\nCMD ["nginx", "-g", "daemon off;"]\n';

const site = '/small/var/www/html';
const libraries = '/small/usr/lib/x86_64-linux-gnu';

/** Bundlers name a script by its contents. */
const withScript = (hash: string, text: string) =>
  `RUN cd ${site} && mv assets/index*.js assets/index-${hash}.js && echo '${text}' >> assets/index-${hash}.js && sed -i 's/index[^./]*\\.js/index-${hash}.js/' index.html\n`;

/** As a security update does it. */
const patched = `RUN cd ${libraries} && mv libz.so.1.2.13 libz.so.1.2.14 && ln -sfn libz.so.1.2.14 libz.so.1 && rm libpcre2-8.so.0 && mv libpcre2-8.so.0.* libpcre2-8.so.0.11.9 && ln -s libpcre2-8.so.0.11.9 libpcre2-8.so.0\n`;

const changes = `RUN cd /small && rm ${site}/icon.svg && echo '# more' > etc/nginx/more.conf && echo 'include /etc/nginx/more.conf;' >> etc/nginx/nginx.conf && chmod u+s usr/sbin/nginx\n`;

const shipped = 'FROM scratch\nCOPY --from=fat /small /\n';

/** The first build of a service. */
export async function firstBuild(): Promise<string> {
  await ensureFixtureImage('react-nginx');
  return await buildTestImage('locked-1', `${small}${withScript('3f2a1b9c', '/* 1 */')}${shipped}${config}`);
}

/** The next one: patched libraries, and a script by another name. */
export async function nextBuild(): Promise<string> {
  return await buildTestImage('locked-2', `${small}${withScript('9b8c7d6e', '/* 2 */')}${patched}${shipped}${config}`);
}

/** One that is no longer the service that was reviewed: a file gone, one new, a program setuid, a port and a variable more. */
export async function driftedBuild(): Promise<string> {
  const more = 'EXPOSE 8080\nENV DEBUG=yes\n';
  const script = withScript('9b8c7d6e', '/* 2 */');
  return await buildTestImage('locked-3', `${small}${script}${patched}${changes}${shipped}${config}${more}`);
}

/**
 * Python that compiles what it imports, files by names of the moment, and data behind a link; `version` is where that leads. Each
 * build has the data of both.
 */
export async function linkedBuild(version: 'v1' | 'v2'): Promise<string> {
  await ensureFixtureImage('shell-entrypoint');
  return await buildTestImage(
    `locked-linked-${version}`,
    `FROM slimtrace-fixture/shell-entrypoint:latest
USER 0
RUN find / -xdev -name __pycache__ -prune -exec rm -r {} + \\
 && mkdir -p /data/v1 /data/v2 /work && echo data | tee /data/v1/text > /data/v2/text && ln -sfn /data/${version} /app/data
ENTRYPOINT []
CMD ["sh", "-c", "mv $(mktemp /work/XXXXXX) /work/state; cp /app/data/text /work/$$; python3 -c 'import json, sqlite3'; cat /work/state /work/$$"]
`,
  );
}
