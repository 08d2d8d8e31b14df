// The list of commands, and what each is given. A command answers its exit code.

import { type Environment, misspelt } from '../config.ts'
import type { Clock } from '../core/clock.ts'

export type Terminal = {
  env: Environment
  /** What stands in .env too, with another value that has no effect. */
  overridden: string[]
  clock: Clock
  random: () => number
  print: (text: string) => void
  complain: (text: string) => void
  version: string
  /** Resolves when the process is asked to end; from the first call on it does not end by itself. */
  stopped: () => Promise<string>
}

/** An edit of .env without effect is hard to find by oneself. Names only: values may be secrets. */
export const warnOfOverridden = ({ overridden, complain }: Terminal): void => {
  if (overridden.length === 0) return
  const names = overridden.join(', ')
  complain(
    `Warning: ${names}: the environment holds another value than .env, and wins. Unset what .env is to say.`
  )
}

/** What is set under a misspelt name has no effect, and the default says nothing. */
export const warnOfMisspelt = (
  { env, complain }: Terminal,
  toolSettings: Parameters<typeof misspelt>[1]
): void => {
  for (const { name, meant } of misspelt(env, toolSettings))
    complain(`Warning: ${name} is not a setting; did you mean ${meant}?`)
}

/** A failure that its message tells in full: a person reads it, and no stack. */
export class CommandFailed extends Error {
  override name = 'CommandFailed'
}

/** Wrong use of a command; ends with exit code 2, as what `parseArgs` itself refuses does. */
export class WrongUse extends Error {
  override name = 'WrongUse'
  readonly code = 'ERR_PARSE_ARGS_WRONG_USE'
}

/** `name` is the word it was called by: one file may serve several. */
export type Command = (args: string[], terminal: Terminal, name: string) => Promise<number>

const act = () => import('./act.ts')
const link = () => import('./link.ts')

export type Listed = {
  name: string
  /** What is too long for the list of all commands, and stands in the usage of this one. */
  options?: string
  help: string
  load: () => Promise<unknown>
}

/** Loaded when asked for, so that a question to a running bridge does not wait for the whole of it. */
export const commands: Listed[] = [
  { name: 'serve', help: 'the service', load: () => import('./serve.ts') },
  {
    name: 'demo [--once]',
    help: 'a bridge and a portal sandbox, and one invoice',
    load: () => import('./demo.ts')
  },
  {
    name: 'sandbox',
    options: '[--port <n>] [--host <address>] [--requests-per-minute <n>] [--order <order>]',
    help: 'the portal sandbox alone',
    load: () => import('./sandbox.ts')
  },
  {
    name: 'check [--pdf <url>]',
    help: 'proves a set-up before going live',
    load: () => import('./check.ts')
  },
  { name: 'status', help: 'how the bridge is doing', load: () => import('./status.ts') },
  {
    name: 'invoices [--state --code --tool --q]',
    options: '[--limit <n>] [--cursor <cursor>]',
    help: 'lists invoices',
    load: () => import('./invoices.ts')
  },
  { name: 'invoice <nr>', help: 'one invoice, with its history', load: () => import('./invoice.ts') },
  {
    name: 'deliver <nr>',
    options: '[--absent]',
    help: 'delivers now, or releases what is held',
    load: act
  },
  { name: 'dismiss <nr>', help: 'does not deliver it, or clears a note', load: act },
  { name: 'take <nr>', help: 'conflict: takes the other facts', load: act },
  { name: 'keep <nr>', help: 'conflict: keeps these facts', load: act },
  {
    name: 'customers [--linked --portal --q]',
    options: '[--limit <n>] [--cursor <cursor>]',
    help: "the tools' customers and their links, or the portal's customers",
    load: () => import('./customers.ts')
  },
  { name: 'link <tool> <ref> <cst_…>', help: "says whose a tool's customer is in the portal", load: link },
  { name: 'unlink <tool> <ref>', help: 'takes that back', load: link },
  {
    name: 'catch-up <tool> --since <date>',
    help: 'asks a tool what its webhooks missed',
    load: () => import('./catch-up.ts')
  },
  {
    name: 'connect <tool>',
    options: '[--public-url <https://…>]',
    help: "registers the webhook by the tool's API, or repairs it",
    load: () => import('./connect.ts')
  },
  {
    name: 'send-test <tool>',
    options: '[--customer <cst_…>] [--keep]',
    help: 'sends a signed sample event to a running bridge',
    load: () => import('./send-test.ts')
  },
  {
    name: 'portal bills|invoices|invoice|create|mark-paid',
    options: '[<inv_…>] [--number --customer --amount --issued --pdf --paid --notify]',
    help: 'the portal itself',
    load: () => import('./portal.ts')
  }
]
