import { buildTestImage } from './run-docker.ts';

/** What changes one line of a fixture's application, as its Dockerfile would make the next release of it. */
export const oneLineChanges: Readonly<Record<string, string>> = {
  'apache-conf': "echo '# release 2' >> /etc/apache2/sites-available/shop.conf",
  'go-server':
    "echo 'var release = 2' >> /src/main.go && cd /src && CGO_ENABLED=0 GOFLAGS=-mod=mod GOPROXY=off go build -o /app/server .",
  healthcheck: "echo '# release 2' >> /srv/app/server.py",
  imagemagick: 'cd /work && convert photo.jpg -crop 319x200+0+0 photo.jpg',
  'java-http':
    "cd /app && sed -i 's/class Server /class Server  /' src/fixture/Server.java && echo 'class Release { static final int NUMBER = 2; }' >> src/fixture/Server.java && javac -encoding UTF-8 -d build/main src/fixture/*.java && jar --create --file app.jar --main-class fixture.Server -C build/main .",
  jq: "sed -i '1s/^/ /' /documents/packages.json",
  'node-express': "echo '// release 2' >> /app/dist/server.js",
  'node-lazy': "echo '// release 2' >> /app/server.js",
  postgres: "echo '# release 2' >> /usr/local/bin/docker-entrypoint.sh",
  'python-flask': "echo '# release 2' >> /srv/app/app/__init__.py && cd /srv/app && python3 -m compileall -q app",
  'python-lazy': "echo '# release 2' >> /srv/shop/server.py && /opt/venv/bin/python -m compileall -q /srv/shop",
  'react-nginx': "echo '<!-- release 2 -->' >> /var/www/html/index.html",
  redis: "echo '# release 2' >> /etc/redis/fixture.conf",
  'shell-entrypoint': "echo '# release 2' >> /app/server.py",
};

/** Builds the next release of a fixture's application on its image, by a step of the build that leaves traces elsewhere too. */
export async function buildNextRelease(fixture: string, image: string, user: string): Promise<string> {
  const change = oneLineChanges[fixture];
  if (change === undefined) throw new Error(`nobody said what a one-line change of ${fixture} is`);
  const step = `RUN ${change} && touch /tmp/step && rm /tmp/step`;
  const back = user === '' ? '' : `USER ${user}\n`;
  return await buildTestImage(`next-${fixture}`, `FROM ${image}\nUSER 0\n${step}\n${back}`, {});
}
