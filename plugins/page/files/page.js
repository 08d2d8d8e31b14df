// What a page can do with a script, and does without one too: it keeps itself up to date, and asks before what is grave.

const main = () => document.getElementById('main')

// What somebody writes or has open is never taken out of their hands.
const isBusy = () => {
  const at = document.activeElement
  if (at?.matches('input, select, textarea') && main()?.contains(at)) return true
  return [...document.querySelectorAll('main input, main textarea')].some(
    field =>
      field.type !== 'hidden' && (field.type === 'file' ? field.value !== '' : field.value !== field.defaultValue)
  )
}

// Where the keyboard is stays where it was, if that is still there.
const placeOf = element => {
  if (!element || !main()?.contains(element)) return null
  if (element.id) return `#${CSS.escape(element.id)}`
  return element.tagName === 'A' ? `a[href="${CSS.escape(element.getAttribute('href'))}"]` : null
}

// What was just done can be read for so long, whatever changes meanwhile.
const saidMs = 15_000

let waits = false

const refresh = async () => {
  if (isBusy()) {
    waits = true
    return
  }
  waits = false
  const address = new URL(location.href)
  if (performance.now() > saidMs) for (const name of ['done', 'failed']) address.searchParams.delete(name)
  const answer = await fetch(address, { headers: { accept: 'text/html' } }).catch(() => null)
  if (!answer?.ok || answer.redirected) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const place = placeOf(document.activeElement)
  const fresh = next.getElementById('main')
  if (!fresh || isBusy()) return
  // A PDF that is open would be loaded anew.
  const pdf = main().querySelector('object')
  const other = fresh.querySelector('object')
  if (pdf && other && pdf.data === new URL(other.getAttribute('data'), location.href).href) {
    if (fresh.textContent === main().textContent) return
  }
  main().replaceWith(document.adoptNode(fresh))
  document.title = next.title
  if (place) document.querySelector(place)?.focus()
}

const live = document.body.dataset.live
if (live) {
  const events = new EventSource(live)
  events.addEventListener('changed', refresh)
  document.addEventListener('focusout', () => {
    if (waits) setTimeout(refresh)
  })
}

document.addEventListener('submit', event => {
  const words = event.submitter?.dataset.confirm
  if (words && !confirm(words)) event.preventDefault()
})

document.addEventListener('click', event => {
  const button = event.target.closest('[data-copy]')
  if (button) navigator.clipboard?.writeText(button.dataset.copy)
})
