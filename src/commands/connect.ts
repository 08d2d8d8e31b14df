// Registers the bridge's webhook at a tool by its API, or repairs what is registered there. Runs where the keys are: on
// Fly by `fly ssh console`. A secret that the tool makes is printed once, as the line that sets it.

import { parseArgs } from 'node:util'
import { type Command, CommandFailed, WrongUse } from './command.ts'
import { openToolConnection } from './tool-connection.ts'

export const run: Command = async (args, { env, clock, print }) => {
  const { values, positionals } = parseArgs({
    args,
    options: { 'public-url': { type: 'string' } },
    allowPositionals: true
  })
  const [name, ...rest] = positionals
  if (name === undefined || rest.length > 0)
    throw new WrongUse('Usage: factuurbrug connect <tool> [--public-url <https://…>]')
  const configured = (env.PUBLIC_URL || (env.FLY_APP_NAME && `https://${env.FLY_APP_NAME}.fly.dev`))?.trim()
  const publicUrl = (values['public-url'] ?? configured)?.replace(/\/+$/, '')
  if (!publicUrl)
    throw new WrongUse('Set PUBLIC_URL, or give --public-url: the address at which the tool reaches the bridge.')

  const { tool, connection, close } = await openToolConnection(name, env, clock)
  try {
    if (!tool.connect) throw new WrongUse(`${name} cannot be connected through an API.`)
    if (!tool.canAsk(connection.settings)) throw new CommandFailed(`Set the API token of ${name} first.`)
    const { lines, secrets } = await tool.connect(`${publicUrl}/webhooks/${name}`, connection)
    for (const text of lines) print(text)
    // `check` and a later repair look at PUBLIC_URL, not at an address that was given once.
    const isSet = publicUrl === configured?.replace(/\/+$/, '')
    const wanted = isSet ? secrets : { PUBLIC_URL: publicUrl, ...secrets }
    if (Object.keys(secrets).length > 0) print('The secret is shown once: set it before you do anything else.')
    for (const text of settingLines(wanted, env.FLY_APP_NAME)) print(text)
    return 0
  } finally {
    close()
  }
}

/** How to set these variables where the bridge runs. */
const settingLines = (wanted: Record<string, string>, flyApp: string | undefined): string[] => {
  const pairs = Object.entries(wanted).map(([variable, value]) => `${variable}=${value}`)
  if (pairs.length === 0) return []
  const onFly = `fly secrets set --app ${flyApp ?? 'my-bridge'} ${pairs.join(' ')}`
  if (flyApp) return ['Set, from your own computer:', `  ${onFly}`]
  return ['Set in .env:', ...pairs.map(pair => `  ${pair}`), 'or on Fly:', `  ${onFly}`]
}
