import t, { type Test } from 'tap'
import type { Notice } from '../../../src/core/notice.ts'
import { createAlert } from '../../../src/delivery/alert.ts'
import { serve } from '../../server.ts'

const publicUrl = 'https://facturen.example'

type Line = [level: string, message: string, facts: Record<string, unknown>]

const open = (url: string | undefined) => {
  const lines: Line[] = []
  const told = { resolve: () => {} }
  const say = (level: string) => (facts: object, message: string) => {
    lines.push([level, message, facts as Line[2]])
    told.resolve()
  }
  return {
    ...createAlert({
      url,
      publicUrl,
      log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
    }),
    lines,
    /** Resolves after so many lines of the log. */
    logged: async (count: number) => {
      while (lines.length < count)
        await new Promise<void>(resolve => {
          told.resolve = resolve
        })
    }
  }
}

/** Remembers what was posted; answers when `answer` is called, or at once. */
const receiver = async (t: Test, { held = false } = {}) => {
  const posted: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = []
  const answers: (() => void)[] = []
  const server = await serve(t, (request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      posted.push({ headers: request.headers, body: JSON.parse(body) })
      if (held) answers.push(() => response.end('ok'))
      else response.end('ok')
    })
  })
  return { url: `${server.origin}/hook/secret`, posted, answers, connections: server.connections }
}

t.test('a person is told what needs them, and what to do', async t => {
  const { url, posted } = await receiver(t)
  const { alert, logged, lines } = open(url)
  alert('CUSTOMER_UNKNOWN', '2026-0042')
  alert('PORTAL_UNAUTHORIZED', null)
  await logged(2)

  t.match(
    posted.toSorted((a, b) => String(a.body.code).localeCompare(String(b.body.code))),
    [
      {
        headers: { 'content-type': /^application\/json/ },
        body: {
          code: 'CUSTOMER_UNKNOWN',
          invoiceNumber: '2026-0042',
          text: /^Invoice 2026-0042: CUSTOMER_UNKNOWN\. The bridge does not know .* \(https:\/\/facturen\.example\)$/
        }
      },
      {
        body: {
          code: 'PORTAL_UNAUTHORIZED',
          invoiceNumber: null,
          text: /^Factuurbrug: PORTAL_UNAUTHORIZED\. /
        }
      }
    ]
  )
  t.match(lines, Array(2).fill(['debug', 'alert sent']))
})

t.test('what happened this time is told in its own words, with what to do', async t => {
  const { url, posted } = await receiver(t)
  const { alert, logged } = open(url)
  alert('TOOL_UNAUTHORIZED', null, 'acme: api.acme.example refuses ACME_TOKEN (401): it says: expired')
  await logged(1)

  const text =
    /^Factuurbrug: TOOL_UNAUTHORIZED\. acme: api\.acme\.example refuses ACME_TOKEN \(401\): it says: expired\. [A-Z].*/
  t.match(posted, [{ body: { code: 'TOOL_UNAUTHORIZED', text } }])
})

t.test('what health warns of is told in its words', async t => {
  const { url, posted } = await receiver(t)
  const { warn, logged } = open(url)
  warn({ output: 'the portal was last read 45 minutes ago', mailed: 'het portaal is 45 minuten geleden ingelezen' })
  await logged(1)

  t.match(posted, [
    {
      body: {
        code: 'WARNING',
        invoiceNumber: null,
        text: /^Factuurbrug: the portal was last read 45 minutes ago \(/
      }
    }
  ])
})

t.test('without an address nobody is told, and nothing is tried', async t => {
  const { alert, lines } = open(undefined)
  alert('CUSTOMER_UNKNOWN', '2026-0042')
  await new Promise(setImmediate)

  t.strictSame(lines, [])
})

t.test('a message that gets lost is a line in the log, without the address', async t => {
  const refusing = await serve(t, (_request, response) => response.writeHead(500).end())
  const moving = await serve(t, (_request, response) => response.writeHead(302, { location: '/secret' }).end())
  const gone = await serve(t, (_request, response) => response.destroy())
  for (const { origin, requests } of [refusing, gone]) {
    const { alert, lines, logged } = open(`${origin}/secret`)
    alert('CUSTOMER_UNKNOWN', '2026-0042')
    await logged(1)
    t.match(lines, [['warn', 'alert could not be sent', { code: 'CUSTOMER_UNKNOWN', cause: /^E/ }]])
    t.notMatch(JSON.stringify(lines), /secret/)
    t.equal(requests.length, 1, 'it is not sent twice')
  }
  const { alert, logged } = open(`${moving.origin}/`)
  alert('CUSTOMER_UNKNOWN', '2026-0042')
  await logged(1)
  t.equal(moving.requests.length, 1, 'no redirect is followed')
})

t.test('a storm does not become a storm of connections', async t => {
  const { url, posted, answers } = await receiver(t, { held: true })
  const { alert, logged } = open(url)
  for (let at = 0; at < 100; at++) alert('PDF_NOT_A_PDF', String(at))
  while (answers.length < 20) await new Promise(setImmediate)
  t.equal(posted.length, 20)

  for (const answer of answers.splice(0)) answer()
  await logged(20)
  await new Promise(setImmediate)
  alert('PDF_NOT_A_PDF', '101')
  while (answers.length < 1) await new Promise(setImmediate)
  t.equal(posted.length, 21, 'afterwards there is room again')
  answers[0]?.()
})

t.test('that it is over is told, too, and all of it is noted for mails', async t => {
  const { url, posted } = await receiver(t)
  const noted: Notice[] = []
  const said = { resolve: () => {} }
  const say = () => said.resolve()
  const { alert, warn, over } = createAlert({
    url,
    publicUrl,
    log: { debug: say, info: say, warn: say, error: say },
    note: notice => noted.push(notice)
  })
  alert('CUSTOMER_UNKNOWN', 'A-1')
  alert('TOOL_UNAUTHORIZED', null, 'stripe: expired')
  const jumped = { output: 'the clock jumped', mailed: 'de klok sprong' }
  warn(jumped)
  over(jumped)
  over({ code: 'PORTAL_UNREACHABLE' })
  while (posted.length < 5)
    await new Promise<void>(resolve => {
      said.resolve = resolve
    })

  t.strictSame(noted, [
    { kind: 'alert', code: 'CUSTOMER_UNKNOWN', invoiceNumber: 'A-1', text: null },
    { kind: 'alert', code: 'TOOL_UNAUTHORIZED', invoiceNumber: null, text: 'stripe: expired' },
    { kind: 'warning', code: null, invoiceNumber: null, text: 'de klok sprong' },
    { kind: 'over', code: null, invoiceNumber: null, text: 'de klok sprong' },
    { kind: 'over', code: 'PORTAL_UNREACHABLE', invoiceNumber: null, text: null }
  ])
  const texts = posted.filter(({ body }) => body.code === 'RECOVERED').map(({ body }) => String(body.text))
  t.equal(texts.length, 2)
  t.match(texts.sort()[1], /^Factuurbrug: over: the clock jumped /)
})
