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

// As long as it takes to see what is new, or to press what was seen.
const handMs = 700

// When and where the pointer was last, and when the page changed last, and where the pointer was then.
let pointer = { at: -handMs }
let swapped = { at: -handMs }

for (const kind of ['pointermove', 'pointerdown', 'pointerup', 'pointercancel'])
  document.addEventListener(kind, ({ clientX: x, clientY: y, buttons }) => {
    pointer = { at: performance.now(), x, y, isDown: buttons > 0 }
  })

const isAiming = () => pointer.isDown || performance.now() - pointer.at < handMs

// The pointer rested where something else is now: nobody can have meant that. A key has no count of presses.
document.addEventListener(
  'click',
  event => {
    const isThere = event.detail > 0 && Math.hypot(event.clientX - swapped.x, event.clientY - swapped.y) < 10
    if (!isThere || performance.now() - swapped.at > handMs || !main()?.contains(event.target)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  },
  { capture: true }
)

// Where the keyboard is stays where it was, if that is still there.
const placeOf = element => {
  if (!element || !main()?.contains(element)) return null
  if (element.id) return `#${CSS.escape(element.id)}`
  return element.tagName === 'A' ? `a[href="${CSS.escape(element.getAttribute('href'))}"]` : null
}

// What was just done can be read for so long, whatever changes meanwhile.
const saidMs = 15_000

let waits = false
let later

const refresh = async () => {
  clearTimeout(later)
  waits = isBusy()
  if (waits) return
  if (isAiming()) {
    later = setTimeout(refresh, handMs)
    return
  }
  const address = new URL(location.href)
  if (performance.now() > saidMs) for (const name of ['done', 'failed']) address.searchParams.delete(name)
  const answer = await fetch(address, { headers: { accept: 'text/html' } }).catch(() => null)
  if (!answer?.ok || answer.redirected) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const place = placeOf(document.activeElement)
  const fresh = next.getElementById('main')
  if (!fresh) return
  if (isBusy() || isAiming()) return refresh()
  const isSame = fresh.textContent === main().textContent
  // A PDF that is open would be loaded anew.
  const pdf = main().querySelector('object')
  const other = fresh.querySelector('object')
  if (isSame && pdf && other && pdf.data === new URL(other.getAttribute('data'), location.href).href) return
  if (!isSame) swapped = { ...pointer, at: performance.now() }
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

// Safari keeps pages that it was told not to keep, where the bridge is reached without https. Back again, such a page
// would show what was before, even to somebody who has logged out.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload()
})

document.addEventListener('submit', event => {
  const words = event.submitter?.dataset.confirm
  if (words && !confirm(words)) event.preventDefault()
})

document.addEventListener('click', event => {
  const button = event.target.closest('[data-copy]')
  if (button) navigator.clipboard?.writeText(button.dataset.copy)
})
