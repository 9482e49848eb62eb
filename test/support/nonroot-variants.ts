import { buildTestImage } from './run-docker.ts';

/**
 * Servers that start as root, or write into their own directories, and what each takes to run as somebody else on a read-only
 * root: lines of a Dockerfile on the fixture, as its maintainer would write them. The other servers do so as they are.
 */
export const nonrootVariants: Readonly<Record<string, readonly string[]>> = {
  // apache2ctl gives directories away, which only root may; its variables are what it sources from /etc/apache2/envvars.
  'apache-conf': [
    'ENV APACHE_RUN_USER=www-data APACHE_RUN_GROUP=www-data APACHE_PID_FILE=/run/apache2.pid APACHE_RUN_DIR=/run',
    'ENV APACHE_LOCK_DIR=/run APACHE_LOG_DIR=/var/log/apache2',
    'VOLUME /var/log/apache2',
    'CMD ["apache2", "-D", "FOREGROUND"]',
  ],
  healthcheck: ['VOLUME /srv/app'],
  'python-lazy': [],
  'react-nginx': ['VOLUME /var/lib/nginx'],
  // The entrypoint's other branch: what it prepares for root to give away is prepared by whom it is for.
  'shell-entrypoint': [
    'VOLUME /app /var/lib/web',
    'CMD ["sh", "-c", "mkdir -p /var/lib/web/cache && sed -e s/@GREETING@/$GREETING/ -e s/@HOST@/Linux/ server.conf.template >server.conf && exec python3 server.py"]',
  ],
};

/** Builds the variant of a fixture's image, and returns its name. */
export function buildNonrootVariant(name: string, fixture: string): Promise<string> {
  const lines = [`FROM ${fixture}`, ...(nonrootVariants[name] ?? [])];
  return buildTestImage(`nonroot-${name}`, `${lines.join('\n')}\n`);
}
