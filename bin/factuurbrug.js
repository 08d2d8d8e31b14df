#!/usr/bin/env node
// Plain JavaScript that an old Node can read: it says in words what is wrong with the runtime, before the TypeScript
// behind it would be a syntax error.

const wanted = 26
const { node: found } = process.versions
const platform = process.platform + '-' + process.arch
const isBrought = ['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(platform)

if (parseInt(found, 10) < wanted) {
  process.exitCode = 1
  console.error(`Factuurbrug needs Node ${wanted}; this is Node ${found} on ${platform}.`)
  console.error(
    isBrought
      ? 'Run `npm ci` here, then `npm start`, `npm run demo` or `npx factuurbrug <command>`: they use the Node that npm ci brings.'
      : `For this platform none comes with \`npm ci\`: install Node ${wanted} from https://nodejs.org, or use the container image.`
  )
} else {
  process.getBuiltinModule('module').enableCompileCache(import.meta.dirname + '/../node_modules/.cache/factuurbrug')
  import('../src/main.ts')
    .then(({ main }) => main())
    .catch(error => {
      console.error(error.code === 'ERR_MODULE_NOT_FOUND' ? `Run \`npm ci\` first: ${error.message}` : error)
      process.exitCode = 1
    })
}
