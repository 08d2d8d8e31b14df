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

  // got asks of every body whether it is one, and the platform's brings 2 MB of fetch along. The service's never is.
  if (process.argv[2] === 'serve') globalThis.FormData = class FormData {}

  // Invoices come a few a minute: garbage that piles up and the compiler for what is hot cost memory, and win nothing.
  const v8 = process.getBuiltinModule('node:v8')
  for (const flag of ['--semi-space-growth-factor=1', '--no-opt']) v8.setFlagsFromString(flag)

  run().catch(error => {
    // The only imports that can fail here are those of the installation itself.
    console.error(error.code === 'ERR_MODULE_NOT_FOUND' ? 'Run `npm ci` first: ' + error.message : error)
    process.exitCode = 1
  })
}

// Reading TypeScript costs a process some 25 MB for as long as it lives; what was read once is kept for the next one.
async function run() {
  const module = process.getBuiltinModule('node:module')
  const { directory } = module.enableCompileCache(
    new URL('../node_modules/.cache/factuurbrug', import.meta.url).pathname
  )
  const before = keptAt(directory)
  const { main } = await import('../src/main.ts')
  if (process.argv[2] === 'serve' && !process.env.FACTUURBRUG_READ) {
    await readService()
    module.flushCompileCache()
    // The service, which is to live long, begins anew where something had to be read. Once: it may not have been kept.
    if (keptAt(directory) !== before) beginAnew()
  }
  await main()
}

/** When something was last put into the cache, which has a folder for each version of Node. */
function keptAt(directory) {
  const { readdirSync, statSync } = process.getBuiltinModule('node:fs')
  const folders = directory ? readdirSync(directory) : []
  return Math.max(0, ...folders.map(name => statSync(directory + '/' + name).mtimeMs))
}

/** All that the service is going to import. */
async function readService() {
  await import('../src/commands/serve.ts')
  const { loadTools } = await import('../plugins/registry.ts')
  await loadTools()
  if (process.env.METRICS_PORT) await import('../plugins/metrics.ts')
}

function beginAnew() {
  const env = { ...process.env, FACTUURBRUG_READ: '1' }
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], env)
}
