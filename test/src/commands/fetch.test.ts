import t from 'tap'
import { asking, factuurbrug } from '../../command-line.ts'
import { openMoneybird } from '../../fixtures/moneybird-api.ts'
import { openApp, operatorToken } from '../../plugins/app.ts'
import { entity } from '../../plugins/tools/moneybird/parts.ts'
import { noon } from '../portal/hand-clock.ts'

t.test('one invoice is fetched from its tool, by its number or the id that it has there', async t => {
  const moneybird = await openMoneybird(t, noon)
  moneybird.invoices.push(entity('open'))
  const { app, ledger } = await openApp(t, {
    MONEYBIRD_API_TOKEN: moneybird.token,
    MONEYBIRD_ADMINISTRATION_ID: moneybird.administration,
    MONEYBIRD_API_URL: moneybird.url,
    ALLOW_PRIVATE_ADDRESSES: 'true'
  })
  const person = asking(await app.listen({ port: 0, host: '127.0.0.1' }))
  const fetch = (...args: string[]) => factuurbrug(['fetch', ...args, '--token', operatorToken], person)

  t.match(await fetch('moneybird', '2026-0117'), { code: 0, stdout: /^2026-0117: new: / })
  t.match(await fetch('moneybird', '410000000000000300'), { code: 0, stdout: /^2026-0117: known already/ })
  t.match(await ledger.find('2026-0117'), { tool: 'moneybird' })
  t.match(await fetch('moneybird', '2026-9999'), { code: 1, stderr: /^NOT_FOUND: .*moneybird/ })
  t.match(await fetch('invoices', '2026-0117'), { code: 1, stderr: /^TOOL_CANNOT_BE_ASKED/ })
})
