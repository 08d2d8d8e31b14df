// The command line: from what a person typed to an exit code. main.ts has the process around it.

import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { type Command, CommandFailed, type Listed, type Terminal } from './commands/command.ts'
import { commands } from './commands/list.ts'
import { type Environment, explainProblems, takeFiles } from './config.ts'
import { adviceTyped } from './core/codes.ts'
import { BridgeError } from './core/errors.ts'

/** Where a command is typed. A .env in the folder is read into `env`. */
export type Surroundings = Omit<Terminal, 'overridden' | 'version'> & { folder: string }

const nameWidth = Math.max(...commands.map(({ name }) => name.length))

const common = [
  '',
  'Commands that ask a running bridge take --url and --token (or FACTUURBRUG_URL and OPERATOR_TOKEN).',
  '--json prints JSON. Exit code: 0 done, 1 failed, 2 wrong use.'
]

const usage = (): string =>
  [
    'Usage: factuurbrug <command> [options]',
    '',
    ...commands.map(({ name, help }) => `  ${name.padEnd(nameWidth)}  ${help}`),
    ...common
  ].join('\n')

const usageOf = ({ name, options = '', help }: Listed): string =>
  [`Usage: factuurbrug ${name} ${options}`.trimEnd(), '', `  ${help}`, ...common].join('\n')

const asksForHelp = (word: string): boolean => word === '--help' || word === '-h'

const packageFile = new URL('../package.json', import.meta.url)

const readVersion = (): string => (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version

export const runTyped = async ([name, ...args]: string[], surroundings: Surroundings): Promise<number> => {
  const { print, complain } = surroundings
  if (name === undefined || name === 'help' || asksForHelp(name)) {
    print(usage())
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    print(readVersion())
    return 0
  }
  const known = commands.find(command => command.name.split(' ')[0] === name)
  if (!known) {
    complain(`There is no command ${name}.\n\n${usage()}`)
    return 2
  }
  if (args.some(asksForHelp)) {
    print(usageOf(known))
    return 0
  }
  const { run } = (await known.load()) as { run: Command }
  let file: EnvFile = null
  try {
    file = readEnvFile(surroundings.folder)
    return await run(args, terminal(surroundings, file), name)
  } catch (error) {
    complain(explain(error, surroundings, file))
    return isWrongUse(error) ? 2 : 1
  }
}

/** The text of .env; null: there is none. */
type EnvFile = string | null

const unreadable: Record<string, string> = {
  EACCES: 'this user may not read it. `ls -l .env` shows whose it is',
  EISDIR: 'it is a folder. Remove it, then run `cp .env.example .env`',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not text in UTF-8. Save it as UTF-8'
}

const readEnvFile = (folder: string): EnvFile => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(folder, '.env')))
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (code === 'ENOENT') return null
    throw new CommandFailed(`.env in ${folder} cannot be read: ${unreadable[code] ?? code}.`)
  }
}

const terminal = ({ folder: _, ...given }: Surroundings, file: EnvFile): Terminal => {
  const overridden = takeIn(file, given.env)
  takeFiles(given.env, path => readFileSync(path, 'utf8'))
  return { ...given, overridden, version: readVersion() }
}

/** Reads a .env beside the project like the platform's environment, which wins. Answers the names where it does so. */
const takeIn = (text: EnvFile, env: Environment): string[] => {
  const file = Object.entries(parseEnv(text ?? ''))
  const overridden = file.filter(([name, value]) => (env[name] ?? value) !== value)
  for (const [name, value] of file) env[name] ??= value
  return overridden.map(([name]) => name)
}

const isWrongUse = (error: unknown): boolean =>
  String((error as { code?: unknown })?.code ?? '').startsWith('ERR_PARSE_ARGS')

const listenWords: Record<string, string> = {
  EADDRINUSE: 'another program has this port. Stop that one, or choose another port',
  EACCES: 'this user may not use this port. Choose one above 1023',
  EADDRNOTAVAIL: 'this machine does not have this address. Correct HOST',
  ENOTFOUND: 'there is no address for this name. Correct HOST, such as 127.0.0.1',
  EAI_AGAIN: 'the address of this name cannot be looked up. Correct HOST, such as 127.0.0.1'
}

const explain = (error: unknown, { folder, env }: Surroundings, file: EnvFile): string => {
  if (error instanceof BridgeError) {
    if (error.code === 'CONFIG_INVALID')
      return explainProblems(error.problems, { folder, hasFile: file !== null, flyApp: env.FLY_APP_NAME })
    const problems = error.problems.map(({ field, message }) => `  ${field}: ${message}`)
    return [`${error.code}: ${error.message}`, ...problems, ...reasonIn(error), adviceTyped(error.code)].join('\n')
  }
  if (isWrongUse(error) || error instanceof CommandFailed) return (error as Error).message
  return unheard(error as ListenError) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))
}

/** What the system or the database said. There is no log to look it up in, while a bridge only starts. */
const reasonIn = ({ code, cause }: BridgeError): string[] =>
  code === 'LEDGER_UNAVAILABLE' && cause instanceof Error ? [`  ${cause.message}`] : []

type ListenError = NodeJS.ErrnoException & Partial<AddressInfo> & { hostname?: string }

/** Why listening failed; undefined for any other error. When any free port will do, it has no number yet. */
const unheard = ({ syscall, code = '', hostname, address = hostname, port }: ListenError): string | undefined => {
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return undefined
  const place = port === undefined ? address : `${address}, port ${port}`
  return `Cannot listen at ${place}: ${listenWords[code] ?? code}.`
}
