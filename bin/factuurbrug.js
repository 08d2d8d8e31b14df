#!/usr/bin/env node
// Plain JavaScript that the oldest Node in use can read: whatever is wrong with the runtime is said here, in words,
// before the TypeScript behind it would be a syntax error.

const wanted = 26
const found = Number(process.versions.node.split('.')[0])

if (found < wanted) {
  const platform = process.platform + '-' + process.arch
  const brought = ['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(platform)
  console.error(
    'Factuurbrug needs Node ' + wanted + '; this is Node ' + process.versions.node + ' on ' + platform + '.'
  )
  console.error(
    brought
      ? 'Run `npm ci` here, then `npm start`, `npm run demo` or `npx factuurbrug <command>`: they use the Node that npm ci brings.'
      : 'For this platform none comes with `npm ci`: install Node ' +
          wanted +
          ' from https://nodejs.org, or use the container image.'
  )
  process.exitCode = 1
} else {
  // An ES module that imports node:http evaluates all it offers, a WebSocket client of some 15 MB among it.
  const http = process.getBuiltinModule('node:http')
  for (const unused of ['WebSocket', 'CloseEvent', 'MessageEvent']) delete http[unused]

  // Reading TypeScript costs a process some 25 MB and a third of a second; what was read once is kept for the next start.
  // Where it cannot be kept, it is read again.
  import('node:module')
    .then(module => {
      module.enableCompileCache(new URL('../node_modules/.cache/factuurbrug', import.meta.url).pathname)
      return import('../src/main.ts')
    })
    .catch(error => {
      // The only imports that can fail here are those of the installation itself.
      console.error(error.code === 'ERR_MODULE_NOT_FOUND' ? 'Run `npm ci` first: ' + error.message : error)
      process.exitCode = 1
    })
}
