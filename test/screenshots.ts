// Makes the pictures of the page for the manual: `npm run screenshots`. What they show comes from a sandbox.

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { openChromium } from './chromium.ts'
import { openWorld, token, type World } from './plugins/page/world.ts'

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))

const sizes = { desktop: { width: 1100, height: 760 }, phone: { width: 390, height: 760 } }

const fill = async (world: World): Promise<void> => {
  const [vos] = [...world.customers]
  const known = { customerId: vos?.id, customerName: vos?.companyName }
  const amounts = ['121.00', '484.00', '60.50', '1210.00', '302.50', '96.80', '242.00']
  for (const [at, amount] of amounts.entries())
    await world.send({ invoiceNumber: `2026-00${41 + at}`, ...known, amount })
  await settled(world)
  const unknown = {
    customerRef: 'K-77',
    customerName: 'Bakkerij De Vos, filiaal Noord',
    customerEmail: 'noord@devos.example'
  }
  await world.send({ invoiceNumber: '2026-0050', ...unknown, amount: '363.00' })
  await world.send({ invoiceNumber: '2026-0051', ...known, amount: '-60.50' })
  await settled(world)
}

const settled = async ({ ledger }: World): Promise<void> => {
  for (;;) {
    const { waiting, sending } = await ledger.summary()
    if (waiting + sending === 0) return
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

const shoot = async (browser: Browser, world: World, locale: string): Promise<void> => {
  for (const [name, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport, locale, baseURL: world.address })
    const page = await context.newPage()
    await page.goto('/login')
    await page.fill('[name=name]', 'Sanne')
    await page.fill('[name=token]', token)
    await page.click('main button')
    for (const [what, path] of Object.entries({ overview: '/', invoice: '/invoices/2026-0050' })) {
      await page.goto(path)
      const file = join(folder, `${what}-${name}.png`)
      await page.screenshot({ path: file })
      console.log(file)
    }
    await context.close()
  }
}

const ends: (() => unknown)[] = []
const data = await mkdtemp(join(tmpdir(), 'factuurbrug-screenshots-'))
await mkdir(folder, { recursive: true })
const world = await openWorld({ teardown: end => void ends.unshift(end), testdir: () => data })
const browser = await openChromium()
try {
  await fill(world)
  await shoot(browser, world, 'en-GB')
} finally {
  await browser.close()
  for (const end of ends) await end()
  await rm(data, { recursive: true, force: true })
}
