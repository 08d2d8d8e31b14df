// What hosts do that they should not, and people meanwhile.

import t, { type Test } from 'tap'
import { tool } from '../../../../plugins/tools/mailbox/index.ts'
import type { Found } from '../../../../plugins/tools/mailbox/mail.ts'
import { invoiceMail, mail, pdfFile, pdfOf, xmlFile } from '../../../fixtures/mailbox.ts'
import { type Box, never, now, open } from './parts.ts'

t.test('a folder of that name below another one is not the bridge’s', async t => {
  const { server, read } = await open(t)
  server.make('Archief/Verwerkt')
  server.put(invoiceMail({ number: '1' }))

  t.equal((await read()).length, 1)
  t.equal(server.mails('Verwerkt')?.length, 1)
})

t.test('where a mail cannot be moved it stays, and that is told; nothing is asked again at once', async t => {
  const { server, connection } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  const told: unknown[] = []
  const reading = async () => {
    for await (const one of tool.missed!(now, connection, never)) {
      told.push(one)
      server.remove('Verwerkt')
    }
  }
  await t.rejects(reading(), {
    code: 'TOOL_UNREACHABLE',
    message: /does not move a mail to Verwerkt; is there no room left\?$/
  })
  t.equal(told.length, 1)
  t.equal(server.mails('INBOX')?.length, 1)
})

t.test('a host that keeps no mark is told of, lest the mail is copied again and again', async t => {
  const { server, connection } = await open(t, {}, { without: ['MOVE', 'UIDPLUS'] })
  server.put(invoiceMail({ number: '1' }))
  server.answers = command => {
    if (command === 'UID STORE') server.folder('INBOX')!.messages[0]!.flags = []
  }

  await t.rejects(Array.fromAsync(tool.missed!(now, connection, never)), { code: 'TOOL_UNREACHABLE', message: /move/ })
})

t.test('where a mail may not be marked as deleted, it is not copied, either', async t => {
  const { server, connection } = await open(t, {}, { without: ['MOVE', 'UIDPLUS'] })
  server.folder('INBOX')!.permanentFlags = ['\\Seen']
  server.put(invoiceMail({ number: '1' }))
  const told: unknown[] = []
  const reading = async () => {
    for await (const one of tool.missed!(now, connection, never)) told.push(one)
  }

  await t.rejects(reading(), { code: 'TOOL_UNREACHABLE', message: /lets EMAIL_USER only read EMAIL_FOLDER/ })
  t.equal(told.length, 1)
  t.strictSame([server.mails('INBOX')?.length, server.mails('Verwerkt')?.length], [1, 0])
})

t.test('where a mail may not be moved, either, that is told', async t => {
  const { server, read } = await open(t)
  server.folder('INBOX')!.permanentFlags = ['\\Seen']
  server.put(invoiceMail({ number: '1' }))
  const { messages } = server.folder('INBOX')!
  const [kept] = messages
  server.answers = command => {
    if (command === 'UID MOVE' && messages.length === 0) messages.push(kept!)
  }
  await t.rejects(read(), { code: 'TOOL_UNREACHABLE', message: /lets EMAIL_USER only read EMAIL_FOLDER/ })
})

t.test('a folder that holds only other folders is made again', async t => {
  const { server, read } = await open(t)
  server.make('Verwerkt')
  server.folder('Verwerkt')!.flags.push('\\Noselect')
  server.put(invoiceMail({ number: '1' }))

  await read()
  t.ok(server.commands.includes('CREATE'))
})

t.test('what the host refuses is named', async t => {
  const { server, connection, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  server.answers = (command, response) => {
    if (command === 'CREATE') Object.assign(response, { command: 'NO' })
  }
  await t.rejects(read(), { code: 'TOOL_UNREACHABLE', message: /does not make the folder Verwerkt: NO$/ })

  connection.settings.EMAIL_FOLDER = 'Facturen'
  server.answers = () => {}
  await t.rejects(read(), { code: 'TOOL_UNREACHABLE', message: /does not open EMAIL_FOLDER: BAD$/ })
})

const nested = (levels: number): string =>
  levels === 0
    ? 'Content-Type: text/plain\r\n\r\nx'
    : [
        `Content-Type: multipart/mixed; boundary=b${levels}`,
        '',
        `--b${levels}`,
        nested(levels - 1),
        `--b${levels}--`
      ].join('\r\n')

t.test('a mail that is too deep to be looked into is held once, and does not stay in the inbox', async t => {
  const { server, read } = await open(t)
  server.put(`Message-ID: <diep@elders.example>\r\nMIME-Version: 1.0\r\n${nested(150)}`)
  server.put(invoiceMail({ number: '1' }))

  const told = await read()
  t.match(told, [{ problem: /expected a structure that can be read/ }, { invoice: { invoiceNumber: '1' } }])
  t.equal(server.mails('INBOX')?.length, 0)
  t.equal(server.mails('Niet gelezen')?.length, 1)
})

t.test('a mail of whose structure the host says nothing is not taken for an empty one', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  server.answers = (command, { attributes }) => {
    const items = attributes?.[2]
    const at = Array.isArray(items) ? items.findIndex(item => item?.value === 'BODYSTRUCTURE') : -1
    if (command === 'UID FETCH' && at >= 0) items.splice(at, 2)
  }

  t.match(await read(), [{ problem: /expected a structure that can be read/ }])
  t.equal(server.mails('Niet gelezen')?.length, 1)
})

t.test('a mail that the host shows and does not hand out is not asked for at full speed', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  server.answers = (command, response) => {
    if (command === 'UID FETCH' && response.attributes?.[1]?.value === 'FETCH') response.skipResponse = true
  }

  await t.rejects(read(), { code: 'TOOL_UNREACHABLE', message: /returns nothing/ })
  t.equal(server.mails('INBOX')?.length, 1)
})

t.test('a mail at which the connection ends is read last the next time', async t => {
  const { server, read } = await open(t)
  for (const number of ['1', '2', '3']) server.put(invoiceMail({ number }))
  let fetched = 0
  server.cuts = command => {
    if (command === 'UID FETCH') fetched += 1
    return fetched === 1
  }
  await t.rejects(read(), { code: 'TOOL_UNREACHABLE' })
  server.cuts = () => false

  t.match(
    await read(),
    ['2', '3', '1'].map(invoiceNumber => ({ invoice: { invoiceNumber } }))
  )
})

t.test('asked further back, it also tells of mails that only a part was read of', async t => {
  const { server, read } = await open(t)
  server.put(mail({ files: [xmlFile({ number: '1', amount: 'veel' }), xmlFile({ number: '2' }), pdfFile('2')] }))
  t.match(await read(), [{ problem: /TaxInclusiveAmount/ }, { invoice: { invoiceNumber: '2' } }])

  const again = [
    { problem: /TaxInclusiveAmount/, again: true },
    { invoice: { invoiceNumber: '2' }, bytes: pdfOf('2') }
  ]
  t.match(await read(now - 24 * 3_600_000), again)
  t.equal(server.mails('Niet gelezen')?.length, 1)
})

t.test('a connection that ends at a move is told as that', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  server.cuts = command => command === 'UID MOVE'

  await t.rejects(read(), { code: 'TOOL_UNREACHABLE', message: /ends the connection/ })
})

t.test('asked further back, a mail that the host does not hand out keeps no other waiting, either', async t => {
  const { server, connection } = await open(t)
  const images = Array.from({ length: 12 }, (_, at) => ({ name: `${at}.png`, type: 'image/png', bytes: 'beeld' }))
  // This server knows no part with two digits.
  const refused = invoiceMail({ number: '1' }, { files: [...images, xmlFile({ number: '1' })] })
  for (const folder of ['Verwerkt', 'Niet gelezen']) {
    server.make(folder)
    server.put(refused, { folder })
    server.put(invoiceMail({ number: `in ${folder}` }), { folder })
  }
  const numbers: unknown[] = []
  const reading = async () => {
    for await (const told of tool.missed!(now - 24 * 3_600_000, connection, never))
      if ('invoice' in told) numbers.push(told.invoice.invoiceNumber)
  }

  await t.rejects(reading(), { code: 'TOOL_UNREACHABLE' })
  t.strictSame(numbers, ['in Verwerkt', 'in Niet gelezen'])
})

t.test('of a mail that somebody takes away while it is read nothing is held', async t => {
  const { server, read } = await open(t)
  server.put(invoiceMail({ number: '1' }))
  server.cuts = command => {
    if (command === 'UID FETCH') server.folder('INBOX')!.messages.length = 0
    return false
  }

  t.strictSame(await read(), [])
})

/** The mail goes away after the first piece of its PDF. Resolves to how the PDF ends, and to the folders afterwards. */
const takenAway = async (t: Test, answer: (response: Parameters<Box['server']['answers']>[1]) => void) => {
  const { server, connection } = await open(t)
  const large = Buffer.concat([pdfOf('1'), Buffer.alloc(600_000, ' ')])
  server.put(invoiceMail({ number: '1' }, { files: [xmlFile({ number: '1' }), { ...pdfFile('1'), bytes: large }] }))
  server.answers = (command, response) => {
    const items = response.attributes?.[2]
    if (command !== 'UID FETCH' || !Array.isArray(items)) return
    if (!items.some(item => item?.partial?.[0] > 0)) return
    server.folder('INBOX')!.messages.length = 0
    answer(response)
  }
  const ended: unknown[] = []
  for await (const one of tool.missed!(now, connection, never) as AsyncIterable<Found>)
    if ('pdf' in one && one.pdf) ended.push(await Array.fromAsync(one.pdf).catch(error => error.code))
  return { ended, verwerkt: server.mails('Verwerkt') }
}

t.test('of a mail that is taken away while its PDF is read, no half of that PDF is kept', async t => {
  const held = { ended: ['PDF_NOT_A_PDF'], verwerkt: [] }
  const isEmpty = await takenAway(t, ({ attributes }) => attributes![2].splice(-2))
  t.strictSame(isEmpty, held, 'as Dovecot answers')
  const isMissing = await takenAway(t, response => {
    response.skipResponse = true
  })
  t.strictSame(isMissing, held, 'as Cyrus answers')
})
