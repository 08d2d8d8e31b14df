// What every page has: the head, links to the other pages, who is logged in. `html` escapes every value put into it.

import { html } from 'hono/html'
import { sentenceIn } from '../../src/words/sentences.ts'
import type { Formats, Language, Words } from '../../src/words/words.ts'
import type { Session } from './session.ts'

export type Html = ReturnType<typeof html>

/** What a page needs to know about the person who looks at it. */
export type View = {
  words: Words
  language: Language
  formats: Formats
  timeZone: string
  /** Null: the person is not logged in. */
  session: Session | null
  /** The token of this browser's forms. */
  csrf: string
  /** The address of this page, with its query. */
  address: URL
  /** Whether lists hide names. */
  hidesPersonal: boolean
  /** Whether they may. */
  mayHide: boolean
  files: Files
}

/** Addresses of the files that pages use. An address changes with the contents, so that browsers may cache them. */
export type Files = { style: string; script: string; icon: string }

export type Page = {
  title: string
  body: unknown
  /** The entry of the navigation that it belongs to. */
  at?: keyof typeof places
  /** Whether it reloads by itself after a change. */
  isLive?: boolean
  /** The ledger's mark for what the page shows. */
  seen?: string
  /** Reloads after so many seconds, even without a script. */
  againAfter?: number
}

export const places = {
  overview: '/',
  invoices: '/invoices',
  customers: '/customers',
  refused: '/refused',
  tools: '/tools',
  portal: '/portal'
} as const

export const layout = (view: View, { title, body, at, isLive = false, seen = '', againAfter }: Page): Html => {
  const { words, language, files, session } = view
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${againAfter === undefined ? '' : html`<meta http-equiv="refresh" content="${againAfter}">`}
<title>${title} – Factuurbrug</title>
<link rel="icon" href="${files.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${files.style}">
<script type="module" src="${files.script}"></script>
</head>
<body ${isLive ? html`data-live="/events?seen=${encodeURIComponent(seen)}"` : ''}>
<a class="skip" href="#main">${words.nav.skip}</a>
<header class="top">
<a class="brand" href="/">Factuurbrug</a>
${session ? navigation(view, at) : ''}
<div class="who">
<a class="way" href="${withQuery(view.address, { lang: language === 'nl' ? 'en' : 'nl' })}" lang="${language === 'nl' ? 'en' : 'nl'}" hreflang="${language === 'nl' ? 'en' : 'nl'}">${words.nav.otherLanguage}</a>
${
  session
    ? html`<span>${session.name ?? ''}${session.role === 'reader' ? ` (${words.nav.readOnly})` : ''}</span>
${form(view, '/logout', html`<button class="quiet">${words.nav.logOut}</button>`)}`
    : ''
}
</div>
</header>
<main id="main" tabindex="-1">
${body}
</main>
</body>
</html>
`
}

const navigation = ({ words }: View, at: Page['at']): Html => html`<nav aria-label="${words.nav.main}">
<ul>
${Object.entries(places).map(
  ([place, path]) =>
    html`<li><a href="${path}" ${place === at ? html`aria-current="page"` : ''}>${words.nav[place as keyof typeof places]}</a></li>`
)}
</ul>
</nav>`

/** A form that changes something: it works only with this browser's token. */
export const form = ({ csrf }: Pick<View, 'csrf'>, action: string, fields: unknown): Html =>
  html`<form method="post" action="${action}"><input type="hidden" name="_csrf" value="${csrf}">${fields}</form>`

/** A form with a file, which comes after all its fields. */
export const fileForm = ({ csrf }: Pick<View, 'csrf'>, action: string, fields: unknown): Html =>
  html`<form method="post" action="${action}" enctype="multipart/form-data"><input type="hidden" name="_csrf" value="${csrf}">${fields}</form>`

/**
 * The same address with these parameters in its query; null removes one. Two slashes at its beginning, as they remain
 * of `/..//`, would lead to another host.
 */
export const withQuery = (address: URL, change: Record<string, string | null>): string => {
  const url = new URL(address)
  for (const [name, value] of Object.entries(change)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.pathname.replace(/^\/+/, '/') + url.search
}

export const invoicePath = (invoiceNumber: string): string => `/invoices/${encodeURIComponent(invoiceNumber)}`

export const mayAct = ({ session }: View): boolean => session?.role === 'operator'

// A list shows many names; the invoice's own page has the whole name.
const nameCharactersMax = 80

/** A name as others write it: it may run from right to left without reversing the text beside it. */
export const named = (name: string): Html => html`<bdi>${name}</bdi>`

/** What the bridge tells programs, in the reader's language; text that is not the bridge's own stays as it is. */
export const toldIn = ({ language }: View, english: string): Html => {
  const text = sentenceIn(language, english)
  return text === null ? html`<span lang="en">${english}</span>` : html`${text}`
}

/** The same, but others' words are shown as a quotation. */
export const quotedIn = ({ language }: View, english: string): Html => {
  const text = sentenceIn(language, english)
  return text === null ? html`<q lang="en">${english}</q>` : html`${text}`
}

/** A field as the sender writes it, and what is wrong with it. */
export const problemIn = (view: View, { field, message }: { field: string; message: string }): Html =>
  html`<code>${sentenceIn(view.language, field) ?? field}</code>: ${toldIn(view, message)}`

/** The customer of an invoice in a list. */
export const calledIn = (
  { hidesPersonal, words: { list } }: Pick<View, 'hidesPersonal' | 'words'>,
  { name, ref }: { name: string | null; ref: string }
): Html => {
  if (hidesPersonal) return html`${list.hidden}`
  const characters = [...(name ?? ref)]
  return named(
    characters.length > nameCharactersMax ? `${characters.slice(0, nameCharactersMax).join('')}…` : characters.join('')
  )
}

/** Where names may be hidden: shows them, or hides them again. */
export const namesSwitch = ({ words: { list }, hidesPersonal, mayHide, address }: View): Html | '' => {
  if (!mayHide) return ''
  const [to, text] = hidesPersonal ? ['show', list.showPersonal] : ['hide', list.hidePersonal]
  return html`<p><a href="${withQuery(address, { personal: to })}">${text}</a></p>`
}

// The generic intake's name, for programs. People see it as their own connection.
const generic = 'invoices'

/** Where an invoice comes from, in the words people use. */
export const sourceIn = ({ words: { tools } }: Pick<View, 'words'>, name: string): string => {
  const [source, sender] = name.split(':')
  if (source !== generic) return name
  return sender === undefined ? tools.own : `${tools.own} (${sender})`
}

type Fact = [name: string, value: unknown]

/** Names with their values; entries without a value are left out. */
export const facts = (list: Fact[]): Html =>
  html`<dl class="facts">${list
    .filter(([, value]) => value !== null && value !== '' && value !== undefined)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`

/** What was done, or could not be. A screen reader reads it out, too. */
export const notice = (text: string, isBad = false): Html =>
  html`<p class="notice ${isBad ? 'bad' : ''}" role="${isBad ? 'alert' : 'status'}">${text}</p>`
