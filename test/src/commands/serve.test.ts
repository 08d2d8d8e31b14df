import t from 'tap'
import { createLogger } from '../../../src/commands/serve.ts'
import { BridgeError } from '../../../src/errors.ts'
import { openHouse } from './fixtures.ts'

t.test('the log is lines of JSON, without what an invoice tells of people and money', async t => {
  const { bridge, bring } = await openHouse(t)
  await bring('A-1', 'delivered', { customerName: 'Kees de Bakker', customerEmail: 'kees@bakker.example' })
  await bring('A-2', 'held', { amount: '-34.56' })
  t.equal(await bridge.kill('SIGTERM'), 0)

  const lines = bridge
    .output()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  t.match(lines, [
    { msg: /^Server listening/ },
    { msg: 'bridge started', address: bridge.url, tools: ['invoices'] },
    ...Array(lines.length - 4).fill({ msg: /./ }),
    { msg: 'bridge stopping', signal: 'SIGTERM' },
    { msg: 'bridge stopped' }
  ])
  for (const { time } of lines) t.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.ok(lines.some(({ msg, invoiceNumber }) => msg === 'invoice delivered' && invoiceNumber === 'A-1'))
  t.notMatch(bridge.output(), /kees|121\.00|amount|34\.56|Bearer|whsec_/i)
})

t.test('a bridge ends in order by SIGINT, too', async t => {
  const { bridge } = await openHouse(t)

  t.equal(await bridge.kill('SIGINT'), 0)
  t.match(bridge.output(), /"signal":"SIGINT".*"bridge stopped"/s)
})

t.test('an error in the log shows what it is and where, never what it carries', async t => {
  const logger = createLogger({ level: 'warn' })
  const serializers = Object.getOwnPropertySymbols(logger).find(
    ({ description }) => description === 'pino.serializers'
  )
  const described = logger[serializers as never] as { err: (error: unknown) => Record<string, unknown> }
  const deep = new Error('a', {
    cause: new Error('b', { cause: new Error('c', { cause: new Error('d', { cause: new Error('e') }) }) })
  })
  const secretive = Object.assign(new BridgeError('LEDGER_UNAVAILABLE'), {
    body: 'amount 121.00',
    options: {}
  })

  t.strictSame(Object.keys(described.err(secretive)), ['type', 'code', 'errcode', 'message', 'stack'])
  t.match(described.err(deep), { cause: { message: 'b', cause: { message: 'c', cause: { message: 'd' } } } })
  t.notMatch(described.err(deep), { cause: { cause: { cause: { cause: { message: 'e' } } } } })
  t.strictSame(described.err('a text that was thrown'), { type: 'string' })
})
