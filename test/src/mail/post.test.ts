import t from 'tap'
import { openPost } from '../../../src/mail/post.ts'
import { openMailServer } from './mail-server.ts'

t.test('a real mail server takes the letter, for everybody it is for', async t => {
  const { url, received } = await openMailServer(t)
  const post = await openPost({ url, from: 'brug@a.example', to: 'a@a.example, b@b.example' })
  t.teardown(() => post.close())
  await post.send({ subject: 'Factuur 2026-0042 wacht op jou', text: 'Café Kees · € 121,00\n' })

  t.match(received, [{ from: 'brug@a.example', to: ['a@a.example', 'b@b.example'] }])
  t.match(received[0]?.source, /^Subject: Factuur 2026-0042 wacht op jou\r$/m)
  t.match(received[0]?.source, /^Auto-Submitted: auto-generated\r$/im)
  t.match(received[0]?.source, /Caf(=C3=A9|é) Kees/)
})

t.test('a password is given to no other machine without TLS', async t => {
  const { url, received } = await openMailServer(t)
  // A name of this machine that does not say so.
  const away = url.replace('127.0.0.1', '127.0.0.1.nip.invalid').replace('smtp://', 'smtp://user:geheim@')
  const post = await openPost({ url: away, from: 'a@a.example', to: 'a@a.example' })
  t.teardown(() => post.close())

  await t.rejects(post.send({ subject: 'x', text: 'x' }))
  t.strictSame(received, [])
})
