import t from 'tap'
import { addressesIn, headersIn, lacking } from '../../../../plugins/tools/mailbox/proof.ts'

const rules = {
  EMAIL_ADDRESS: undefined,
  EMAIL_SENDERS: ['molen.example'],
  EMAIL_RECEIVER: 'mx.bakkerij.example'
}

const of = (...lines: string[]) => headersIn(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`))
const judged = (...results: string[]) => lacking(of(...results.map(text => `Authentication-Results: ${text}`)), rules)

t.test('headers are read in their order, folded ones on one line', async t => {
  t.strictSame(of('To: a@x.example,', '\tb@x.example', 'X-Odd', 'CC: "c, d" <c@x.example>'), [
    { name: 'to', value: 'a@x.example, b@x.example' },
    { name: 'cc', value: '"c, d" <c@x.example>' }
  ])
  t.strictSame(addressesIn(of('To: De Vos <A@X.example>, b@x.example; (c@x.example)'), ['to', 'cc']), [
    'a@x.example',
    'b@x.example',
    'c@x.example'
  ])
})

t.test('a mail is for the address that nobody can guess, whichever header says so', async t => {
  const secret = { EMAIL_ADDRESS: 'Facturen-9x@bakkerij.example', EMAIL_SENDERS: undefined, EMAIL_RECEIVER: undefined }
  for (const name of ['To', 'Cc', 'Delivered-To', 'X-Original-To', 'Envelope-To'])
    t.equal(lacking(of(`${name}: <facturen-9x@bakkerij.example>`), secret), null, name)
  t.match(lacking(of('To: facturen@bakkerij.example'), secret), /EMAIL_ADDRESS/)
  t.match(lacking(of('Subject: facturen-9x@bakkerij.example'), secret), /EMAIL_ADDRESS/)
})

t.test('without rules everything is taken', async t => {
  const none = { EMAIL_ADDRESS: undefined, EMAIL_SENDERS: undefined, EMAIL_RECEIVER: undefined }
  t.equal(lacking([], none), null)
})

t.test('the host vouches for a known sender by any of the three methods', async t => {
  for (const clause of [
    'spf=pass smtp.mailfrom=bounce@molen.example',
    'spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=molen.example',
    'dkim=pass header.d=mail.molen.example header.s=k1',
    'dkim=pass header.i=@molen.example header.s=k1 header.b="abc;"',
    'dkim = pass header.d = Molen.Example',
    'dmarc=pass (p=REJECT; dkim=pass) header.from=molen.example',
    'spf=fail smtp.mailfrom=x@elders.example; dkim=pass header.d=molen.example'
  ])
    t.equal(judged(`mx.bakkerij.example 1; ${clause}`), null, clause)
})

t.test('whatever a sender can write itself vouches for nobody', async t => {
  const good = 'mx.bakkerij.example; dkim=pass header.d=molen.example'
  const bad = 'mx.bakkerij.example; dkim=fail header.d=molen.example'
  t.match(judged(good.replace('mx.', 'mx2.')), /no Authentication-Results/, 'another host')
  t.match(judged(bad, good), /does not vouch/, 'below that of the host itself')
  t.equal(judged('elders.example; dkim=fail', good), null, 'another host may stand above it')
  for (const end of ['\r', '\u2028'])
    t.match(judged(`${bad}${end}x`, good), /does not vouch/, 'what ends a line elsewhere hides no header')
  for (const clause of [
    'spf=pass smtp.mailfrom=x@nietmolen.example',
    'spf=pass smtp.mailfrom=x@molen.example.elders.example',
    'spf=pass smtp.helo=molen.example',
    'spf=softfail smtp.mailfrom=x@molen.example',
    'spf=pass smtp.mailfrom="a; dkim=pass header.d=molen.example"@elders.example',
    'spf=pass (dkim=pass; dkim=pass header.d=molen.example) smtp.mailfrom=elders.example',
    'spf=pass (a \\) ; dkim=pass header.d=molen.example) smtp.mailfrom=elders.example',
    'spf=pass ("; dkim=pass header.d=molen.example',
    'dkim=pass header.d=elders.example header.d=molen.example',
    'dkim=pass header.d=elders.example header.i=@molen.example',
    'dkim=pass reason=molen.example',
    'constructor=pass header.d=molen.example',
    'none'
  ])
    t.match(judged(`mx.bakkerij.example; ${clause}`), /does not vouch/, clause)
})

const ours = (...clauses: string[]) => ['Authentication-Results: mx.bakkerij.example', ...clauses].join('; ')
const line = 'Received: from elders.example by mx.bakkerij.example'
const known = 'dkim=pass header.d=molen.example'
const unknown = 'dmarc=none header.from=molen.example'

t.test('a host that tells each method in a header of its own vouches by all of them', async t => {
  const spf = 'spf=pass smtp.mailfrom=post.example'
  for (const lines of [
    [ours(unknown), ours(known), line],
    [line, ours(known), ours(unknown), 'Received: from molen.example by post.example'],
    ['Received: by imap.bakkerij.example with LMTP', ours(spf, unknown, known), line],
    ['Delivered-To: a@bakkerij.example', ours(spf), 'Authentication-Results: filter; x=y', ours(known), line],
    [ours('dkim/1=pass header.d=molen.example')]
  ])
    t.equal(lacking(of(...lines), rules), null, lines.join(' | '))
})

t.test('a header of its own helps a sender nowhere', async t => {
  const forged = ours(known)
  const anyOther = ours('spf=pass smtp.mailfrom=molen.example', 'dmarc=pass header.from=molen.example')
  const attacks: Record<string, string[]> = {
    'below the line of the host': [ours(unknown), line, forged],
    'below that line, by another method': [ours('dkim=none'), line, anyOther],
    'below the line of a host before it': [line, ours(unknown), 'Received: by elders.example', forged],
    'right below the host’s own, about what that told': [line, ours('dkim=none'), forged],
    'about what the host told of another domain': [line, ours('dkim=pass header.d=elders.example'), forged],
    'by a method that the host did not tell': [line, ours(unknown), forged],
    'with or without a version': [line, ours('dkim/1=fail'), forged, ours('dkim/2=pass header.d=molen.example')],
    'with a blank before the sign': [line, ours('dkim =fail'), forged],
    'where the host proved nothing': [line, ours('none'), forged, anyOther],
    'where the host says nothing at all': [line, ours(''), forged],
    'as another host': [line, ours('dkim=none'), forged.replace('mx.', 'mx2.')],
    'with a line of its own': [line, ours('dkim=none'), line, forged],
    'as an older result that was sealed': [line, ours('dkim=none'), `ARC-${forged}`]
  }
  for (const [what, lines] of Object.entries(attacks)) t.match(lacking(of(...lines), rules), /does not vouch/, what)
})

t.test('headers of a megabyte are gone through at once', async t => {
  const rows = ['a', ' ', '<', '=', '(', '"', ';', '@'].map(sign => sign.repeat(1_000_000))
  const begun = performance.now()
  for (const row of rows) judged(row, `mx.bakkerij.example; ${row}`)
  for (const row of rows) addressesIn(of(`To: ${row}x`), ['to'])

  const ms = performance.now() - begun
  // What grew with the square of it would take hours, and no machine is so slow.
  t.ok(ms < 60_000, `${ms} ms`)
})
