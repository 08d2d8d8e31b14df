import t from 'tap'
import { asking, factuurbrug } from '../../command-line.ts'
import { openApp, operatorToken } from '../../plugins/app.ts'

t.test('what was refused is listed with its sender and the fields that were wrong', async t => {
  const { app, receive } = await openApp(t)
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  const token = ['--token', operatorToken]
  t.match(await factuurbrug(['refused', ...token], person), { code: 0, stdout: 'Nothing was refused.\n' })
  await receive('2026-0041', { amount: 'much' })
  await receive('2026-0042', { issuedAt: 'today' })

  const [all, one, json] = await Promise.all([
    factuurbrug(['refused', '--limit', '1', ...token], person),
    factuurbrug(['refused', '--q', '0041', ...token], person),
    factuurbrug(['refused', '--authentic', 'true', '--json', ...token], person)
  ])

  t.match(all.stdout, /^last at .*\n.* 1 +invoices +127\.0\.0\.1 +2026-0042 +FIELDS_INVALID; issuedAt: .*\nMore: /)
  t.match(one.stdout, /2026-0041 +FIELDS_INVALID; amount: expected /)
  t.match(JSON.parse(json.stdout), { refused: [{ invoiceNumber: '2026-0042' }, { invoiceNumber: '2026-0041' }] })
})
