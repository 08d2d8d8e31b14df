// The list of commands.

import type { Listed } from './command.ts'

const act = () => import('./act.ts')
const link = () => import('./link.ts')

/** Each is loaded only when it is typed, so that a command that asks a running bridge does not load the bridge. */
export const commands: Listed[] = [
  { name: 'serve', help: 'the service', load: () => import('./serve.ts') },
  {
    name: 'demo [--once]',
    options: '[--machines 2]',
    help: 'a bridge, a portal sandbox, and one invoice',
    load: () => import('./demo.ts')
  },
  {
    name: 'sandbox',
    options: '[--port <n>] [--host <address>] [--requests-per-minute <n>] [--order <order>]',
    help: 'the portal sandbox alone',
    load: () => import('./sandbox.ts')
  },
  {
    name: 'check [--pdf <url>] [--lang nl]',
    options: '[--json]',
    help: 'proves a set-up before you go live',
    load: () => import('./check.ts')
  },
  {
    name: 'backup <file>',
    help: 'copies the ledger and its PDFs, while the bridge runs',
    load: () => import('./backup.ts')
  },
  {
    name: 'move --to <postgres://…>',
    help: 'moves the ledger and its PDFs into PostgreSQL, for good',
    load: () => import('./move.ts')
  },
  { name: 'status', options: '[--lang nl|en]', help: 'how the bridge is doing', load: () => import('./status.ts') },
  {
    name: 'invoices [--state --code --tool --q --amount]',
    options: '[--since <date>] [--until <date>] [--limit <n>] [--cursor <cursor>]',
    help: 'lists invoices',
    load: () => import('./invoices.ts')
  },
  { name: 'invoice <nr>', help: 'one invoice, with its history', load: () => import('./invoice.ts') },
  {
    name: 'deliver <nr> | --all',
    options: '[--absent] [--state --code --tool --q --amount --since --until] [--yes]',
    help: 'delivers now, or releases what is held: one, or all that match',
    load: act
  },
  {
    name: 'dismiss <nr> | --all',
    options: '[--state --code --tool --q --amount --since --until] [--yes]',
    help: 'does not deliver it, or clears a note: of one, or all that match',
    load: act
  },
  { name: 'take <nr>', help: 'conflict: takes the other facts', load: act },
  { name: 'keep <nr>', help: 'conflict: keeps these facts', load: act },
  {
    name: 'customers [--linked --portal --q]',
    options: '[--limit <n>] [--cursor <cursor>]',
    help: "the tools' customers and their links, or the portal's customers",
    load: () => import('./customers.ts')
  },
  { name: 'link <tool> <ref> <cst_…>', help: "links a tool's customer to a portal customer", load: link },
  { name: 'unlink <tool> <ref>', help: 'removes that link', load: link },
  {
    name: 'links [--import <file.csv>]',
    help: 'all links as a table, or from one',
    load: () => import('./links.ts')
  },
  {
    name: 'refused [--q --tool --authentic]',
    options: '[--limit <n>] [--cursor <cursor>]',
    help: 'the last requests that were refused, and why',
    load: () => import('./refused.ts')
  },
  {
    name: 'catch-up <tool> --since <date>',
    help: 'asks a tool what its webhooks missed',
    load: () => import('./catch-up.ts')
  },
  {
    name: 'fetch <tool> <number or id>',
    help: 'fetches one invoice from a tool, as if its webhook had come',
    load: () => import('./fetch.ts')
  },
  {
    name: 'connect <tool>',
    options: '[--public-url <https://…>]',
    help: "registers the webhook through the tool's API, or repairs it",
    load: () => import('./connect.ts')
  },
  {
    name: 'send-test <tool>',
    options: '[--customer <cst_…>] [--keep]',
    help: 'sends a signed sample event to a running bridge',
    load: () => import('./send-test.ts')
  },
  {
    name: 'portal bills|invoices|invoice|create|mark-paid|facts',
    options: '[<inv_…>] [--number --customer --amount --issued --pdf --paid --notify]',
    help: 'the portal itself',
    load: () => import('./portal.ts')
  }
]
