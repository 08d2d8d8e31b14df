// Registers the bridge's webhook at a tool by its API, or repairs what is registered there. Runs where the keys are: on Fly
// by `fly ssh console`. A secret that the tool makes is shown once, as the line that sets it.

import { parseArgs } from 'node:util'
import { type Command, WrongUse } from './command.ts'
import { openLine } from './tool-line.ts'

export const run: Command = async (args, { env, clock, print }) => {
  const { values, positionals } = parseArgs({
    args,
    options: { 'public-url': { type: 'string' } },
    allowPositionals: true
  })
  const [name, ...rest] = positionals
  if (name === undefined || rest.length > 0)
    throw new WrongUse('Usage: factuurbrug connect <tool> [--public-url <https://…>]')
  const publicUrl =
    values['public-url'] ?? (env.PUBLIC_URL || (env.FLY_APP_NAME && `https://${env.FLY_APP_NAME}.fly.dev`))
  if (!publicUrl)
    throw new WrongUse(
      'Set PUBLIC_URL, or give --public-url: the address at which the tool reaches the bridge.'
    )

  const { tool, line, close } = await openLine(name, env, clock)
  try {
    if (!tool.connect) throw new WrongUse(`${name} cannot be connected by its API.`)
    if (!tool.canAsk(line.settings)) throw new WrongUse(`Set the API token of ${name} first.`)
    const { lines, secrets } = await tool.connect(`${publicUrl.replace(/\/+$/, '')}/webhooks/${name}`, line)
    for (const text of lines) print(text)
    if (Object.keys(secrets).length > 0) {
      const pairs = Object.entries(secrets).map(([variable, value]) => `${variable}=${value}`)
      print('This secret is shown once. Set it, on Fly with:')
      print(`  fly secrets set ${pairs.join(' ')}`)
      print(`or in .env: ${pairs.join(' ')}`)
    }
    return 0
  } finally {
    close()
  }
}
