import t from 'tap'
import { samplePdf } from '../../../plugins/intake/sample.ts'
import { asking, factuurbrug } from '../../command-line.ts'
import { until } from '../../end-to-end/bridge-process.ts'
import { daysAgo, toolWorlds } from '../../end-to-end/tool-world.ts'
import { serve } from '../../server.ts'
import { openHouse } from './fixtures.ts'

const email = 'administratie@bakkerijdevos.example'

for (const [name, openWorld] of Object.entries(toolWorlds)) {
  t.test(`${name}: a person has the bridge ask for what is older than its start`, async t => {
    const tool = await openWorld(t, samplePdf(name))
    tool.issue({ number: 'O-1', cents: 100, email, daysAgo: 3 })
    tool.issue({ number: 'O-2', cents: 100, email, daysAgo: 20 })
    const { portal, person } = await openHouse(t, { ...tool.env, CATCH_UP_MINUTES: '0' })
    const catchUp = (...args: string[]) => factuurbrug(['catch-up', name, '--since', daysAgo(5), ...args], person)

    t.match(await catchUp(), {
      code: 0,
      stderr: '',
      stdout: '1 new, 0 known, 0 in conflict, 0 ignored.\n'
    })
    await until(
      () => portal.invoices.length,
      length => length === 1,
      'nothing was delivered'
    )
    const again = await catchUp('--json')
    t.strictSame(JSON.parse(again.stdout), {
      accepted: 0,
      duplicate: 1,
      conflict: 0,
      ignored: 0,
      unreadable: 0
    })
    t.match(portal.invoices, [{ invoiceNumber: 'O-1' }])
  })
}

t.test('a catch-up that takes longer than a request is waited for', async t => {
  const nothing = { accepted: 0, duplicate: 0, conflict: 0, ignored: 0, unreadable: 0 }
  const answers = [
    [202, { ...nothing, accepted: 1, running: true }],
    [202, { ...nothing, accepted: 7, running: true }],
    [200, { ...nothing, accepted: 9 }]
  ] as const
  const bridge = await serve(t, (_request, response) => {
    const [status, body] = answers[bridge.requests.length - 1] ?? [500, {}]
    response.writeHead(status).end(JSON.stringify(body))
  })

  const ended = await factuurbrug(['catch-up', 'acme', '--since', '2026-11-01'], asking(bridge.origin))

  t.match(ended, { code: 0, stdout: '9 new, 0 known, 0 in conflict, 0 ignored.\n' })
  t.match(ended.stderr, /^1 new so far\..*goes on.*\n7 new so far\..*\n$/)
  t.strictSame(bridge.requests, ['POST /api/catch-up', 'GET /api/catch-up/acme', 'GET /api/catch-up/acme'])
})

t.test('what cannot be asked for is said', async t => {
  const tool = await toolWorlds.stripe!(t, samplePdf('stripe'))
  const { person } = await openHouse(t, { ...tool.refused, CATCH_UP_MINUTES: '0' })
  const since = ['--since', daysAgo(5)]

  const [when, which, date, unknown, withoutApi, refused] = await Promise.all([
    factuurbrug(['catch-up', 'stripe'], person),
    factuurbrug(['catch-up', ...since], person),
    factuurbrug(['catch-up', 'stripe', '--since', '2026-02-30'], person),
    factuurbrug(['catch-up', 'acme', ...since], person),
    factuurbrug(['catch-up', 'invoices', ...since], person),
    factuurbrug(['catch-up', 'stripe', ...since], person)
  ])

  t.match(when, { code: 2, stderr: /^Usage: factuurbrug catch-up <tool> --since/ })
  t.match(which, { code: 2, stderr: /^Usage: factuurbrug catch-up <tool> --since/ })
  t.match(date, { code: 2, stderr: /^--since: expected a date such as \S+\nUsage: / })
  t.match(unknown, { code: 2, stderr: /^<tool>: expected one of .*\bstripe\b.*\nUsage: / })
  t.match(withoutApi, { code: 1, stderr: /^TOOL_CANNOT_BE_ASKED/ })
  t.match(refused, {
    code: 1,
    stdout: '',
    stderr: /^TOOL_UNAUTHORIZED: .*\n.*then run the command again\.\n$/
  })
})
