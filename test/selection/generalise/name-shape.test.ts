import { describe, expect, test } from 'vitest';
import { shapeOf } from '../../../src/selection/generalise/name-shape.ts';

/** As {@link Successors} has it: the names' shapes agree, and one of them is sure. */
function isAnotherBuilds(directory: string, before: string, now: string): boolean {
  const [left, right] = [shapeOf(before, directory), shapeOf(now, directory)];
  return left !== undefined && left.key === right?.key && (left.isSure || right.isSure);
}

describe('names of the same file in another build', () => {
  test.each([
    ['/usr/lib/x86_64-linux-gnu', 'libssl.so.3.0.11', 'libssl.so.3.0.13'],
    ['/usr/lib/x86_64-linux-gnu', 'libz.so.1.2.13', 'libz.so.1.3'],
    ['/usr/lib/x86_64-linux-gnu', 'libicudata.so.72.1', 'libicudata.so.72.2'],
    ['/usr/lib/x86_64-linux-gnu', 'libstdc++.so.6.0.30', 'libstdc++.so.6.0.33'],
    ['/lib/x86_64-linux-gnu', 'libc-2.31.so', 'libc-2.32.so'],
    ['/lib/x86_64-linux-gnu', 'ld-2.31.so', 'ld-2.32.so'],
    ['/usr/lib', 'libbfd-2.40-system.so', 'libbfd-2.41-system.so'],
    ['/app/public/assets', 'index-3f2a1b9c.js', 'index-9b1c2d3e.js'],
    ['/app/public/assets', 'index-DiwrgTda.js', 'index-BxYkLmQr.js'],
    ['/app/public/assets', 'vendor-BfK2-x9_.js', 'vendor-CqW8mN1a.js'],
    ['/app/build/static/js', 'main.8d0e.chunk.css', 'main.7c1f.chunk.css'],
    ['/app/build/static/js', '2.5f6ab2c1.chunk.js', '2.99aa00bc.chunk.js'],
    ['/app/build/static/js', 'main.3f2a1b9c.js.LICENSE.txt', 'main.11aa22bb.js.LICENSE.txt'],
    ['/srv/www', 'app.abc123.map', 'app.def456.map'],
    ['/srv/www', 'app.12345678.js', 'app.1a2b3c4d.js'],
    ['/srv/www', 'chunk-ABCDEF2G.js', 'chunk-Q7ZX2LMN.js'],
    ['/srv/www', 'logo-5d41402abc4b2a76b9719d911017c592.svg', 'logo-7d793037a0760186574b0282f2f435e7.svg'],
    ['/app/.next/static', 'Xk2dPq_0aBcDeFgHiJkLm', 'Zz9dPq-0aBcDeFgHiJkLm'],
    ['/app/.next/static/chunks', '117-8a3b2c1d0e9f8a7b.js', '117-0a3b2c1d0e9f8a7c.js'],
    ['/usr/lib/python3/dist-packages', 'requests-2.31.0.dist-info', 'requests-2.32.3.dist-info'],
    ['/usr/lib/python3/dist-packages', 'Flask-2.2.2.egg-info', 'Flask-2.2.5.egg-info'],
    ['/usr/lib/python3/dist-packages', 'zope.interface-5.5.2-py3.11.egg', 'zope.interface-6.0-py3.12.egg'],
    ['/usr/lib', 'python3.11', 'python3.12'],
    ['/usr/bin', 'python3.11', 'python3.12'],
    ['/usr/lib/python3.11/__pycache__', 'abc.cpython-311.pyc', 'abc.cpython-312.pyc'],
    ['/usr/lib/python3.11/__pycache__', 'abc.cpython-311.opt-1.pyc', 'abc.cpython-312.opt-1.pyc'],
    ['/x', '_cffi.cpython-311-x86_64-linux-gnu.so', '_cffi.cpython-312-x86_64-linux-gnu.so'],
    ['/app/node_modules/.pnpm', 'express@4.18.2', 'express@4.19.0'],
    ['/app/node_modules/.pnpm', '@babel+core@7.21.0', '@babel+core@7.23.9'],
    ['/app/node_modules/.pnpm', '@scope+name@1.2.3_peer@2.0.0', '@scope+name@1.3.0_peer@3.0.0'],
    ['/app/node_modules/.pnpm', 'react-dom@18.2.0_react@18.2.0', 'react-dom@18.3.1_react@18.3.1'],
    ['/app/.yarn/cache', 'express-npm-4.18.2-bb15ff679a-3.zip', 'express-npm-4.19.0-aa15ff679b-3.zip'],
    ['/var/lib/gems/3.1.0/gems', 'rack-2.2.4', 'rack-2.2.8'],
    ['/var/lib/gems/3.1.0/specifications', 'rack-2.2.4.gemspec', 'rack-2.2.8.gemspec'],
    ['/var/lib/gems', '3.1.0', '3.2.0'],
    ['/b/bundler/gems', 'rails-3f2a1b9c1234', 'rails-aaaabbbbcccc'],
    ['/app/lib', 'spring-core-6.1.3.jar', 'spring-core-6.1.14.jar'],
    ['/app/lib', 'app-0.0.1-SNAPSHOT.jar', 'app-0.1.0.jar'],
    ['/app/lib', 'guava-31.1-jre.jar', 'guava-32.1.2-jre.jar'],
    ['/app/lib', 'log4j-1.2-api-2.17.1.jar', 'log4j-1.2-api-2.20.0.jar'],
    ['/app/lib', 'javax.inject-1.jar', 'javax.inject-2.jar'],
    ['/app/lib', 'netty-all-4.1.100.Final.jar', 'netty-all-4.1.108.Final.jar'],
    ['/usr/lib/jvm', 'java-17.0.9', 'java-17.0.10'],
    ['/opt', 'jdk-17.0.9+9', 'jdk-17.0.10+7'],
    ['/opt', 'app-1.2.3', 'app-1.2.4'],
    ['/usr/share/perl', '5.36.0', '5.36.3'],
    ['/usr/lib/gcc/x86_64-linux-gnu', '12', '13'],
    ['/usr/lib/postgresql', '15', '16'],
    ['/etc/php', '8.2', '8.3'],
    ['/lib/modules', '6.1.0-13-amd64', '6.1.0-18-amd64'],
    ['/usr/lib', 'ImageMagick-6.9.11', 'ImageMagick-6.9.12'],
  ])('%s: %s became %s', (directory, before, now) => {
    expect(isAnotherBuilds(directory, before, now)).toBe(true);
    expect(isAnotherBuilds(directory, now, before)).toBe(true);
  });
});

describe('names of other files', () => {
  test.each([
    ['/lib', 'libm.so.6', 'libm.so.7'],
    ['/lib', 'libssl.so.1.1', 'libssl.so.3'],
    ['/lib', 'libssl.so.3.0.11', 'libcrypto.so.3.0.11'],
    ['/lib', 'libpython3.11.so.1.0', 'libpython3.12.so.1.0'],
    ['/lib', 'libLLVM-14.so.1', 'libLLVM-15.so.1'],
    ['/srv', 'es2015.js', 'es2017.js'],
    ['/srv', 'lib.es2015.core.js', 'lib.es2016.core.js'],
    ['/srv', 'sha256.js', 'sha512.js'],
    ['/srv', 'hash-sha256.js', 'hash-sha512.js'],
    ['/srv', 'md5.js', 'md4.js'],
    ['/srv', 'v8.js', 'v9.js'],
    ['/srv', 'base64.py', 'base32.py'],
    ['/usr/lib/gconv', 'ISO8859-1.so', 'ISO8859-2.so'],
    ['/usr/share/i18n', 'ISO-8859-1.gz', 'ISO-8859-2.gz'],
    ['/usr/share/i18n', 'CP1250.json', 'CP1251.json'],
    ['/srv', 'utf-8.js', 'utf-16.js'],
    ['/srv', 'index-3f2a1b9c.js', 'vendor-9b1c2d3e.js'],
    ['/srv', 'index-3f2a1b9c.js', 'index-9b1c2d3e.css'],
    ['/srv', 'index-3f2a1b9c.js', 'index-9b1c2d3e.js.map'],
    ['/srv', 'index-3f2a1b9c.js', 'index-9b1c2d.js'],
    ['/srv', 'my-DatePick.js', 'my-TimePick.js'],
    ['/srv', 'my-component.js', 'my-container.js'],
    ['/srv', 'page-settings.js', 'page-accounts.js'],
    ['/srv', 'icon-1024x768.png', 'icon-2048x996.png'],
    ['/srv', 'icon-192x192.png', 'icon-512x512.png'],
    ['/srv', 'report-20240115.json', 'report-20240116.json'],
    ['/srv', 'noble-ed25519.js', 'noble-secp256.js'],
    ['/srv', 'the-facade.js', 'the-decade.js'],
    ['/srv', 'a1b2c3d4.js', 'e5f6a7b8.js'],
    ['/app/node_modules/.pnpm', 'react@18.2.0', 'react-dom@18.2.0'],
    ['/app/lib', 'spring-core-6.1.3.jar', 'spring-beans-6.1.3.jar'],
    ['/app/lib', 'guava-31.1-jre.jar', 'guava-31.1-android.jar'],
    ['/usr/bin', 'python3.11', 'python2.7'],
    ['/usr/bin', 'python3', 'python2'],
    ['/proc/self/fd', '3', '4'],
    ['/etc/rc', '3', '4'],
    ['/usr/share/doc', 'README', 'LICENSE'],
    ['/usr/share/zoneinfo/Etc', 'GMT-1', 'GMT-2'],
  ])('%s: %s is not %s', (directory, before, now) => {
    expect(isAnotherBuilds(directory, before, now)).toBe(false);
  });
});
