// De geschiedenis, in het Nederlands. The same as en-events.ts, in Dutch.

import type { events as english } from './en-events.ts'

export const events: Record<keyof typeof english, string> = {
  received: 'Binnengekomen',
  merged: 'Opnieuw binnengekomen, met nieuwere gegevens',
  corrected: 'Opnieuw binnengekomen, verbeterd',
  'conflict received': 'Opnieuw binnengekomen, met andere gegevens',
  'conflict merged': 'De andere gegevens kwamen opnieuw; nieuwere zijn toegevoegd',
  'told under another number': 'Eerder door het pakket onder een ander nummer genoemd',
  'voided in the tool': 'Ingetrokken in het pakket',
  'restored in the tool': 'Hersteld in het pakket',
  'pdf fetched': 'Pdf opgehaald',
  'pdf replaced': 'Pdf vervangen',
  'another pdf came, and was not used': 'Na het versturen kwam een andere pdf; die is niet gebruikt',
  sending: 'Naar het portaal verstuurd',
  'answer unknown': 'Antwoord zoekgeraakt: de brug kijkt of hij in het portaal staat',
  'looked for first': 'Eerst in het portaal gezocht',
  waiting: 'Wacht op een volgende poging',
  held: 'Wacht op een beslissing',
  delivered: 'Staat in het portaal',
  dismissed: 'Wordt niet verstuurd',
  paid: 'Betaald in het portaal',
  unpaid: 'Kon niet op betaald worden gezet',
  released: 'Gaat verder',
  'the portal tells otherwise': 'Het portaal toont hem anders',
  'found twice': 'Twee keer in het portaal gevonden',
  'found beside it': 'Het portaal toont er nog een onder dit nummer',
  'gone from the portal': 'Niet meer in het portaal',
  'operator: deliver': 'Mag verstuurd worden',
  'operator: dismiss': 'Terzijde gelegd of in orde bevonden',
  'operator: take': 'De andere gegevens gekozen',
  'operator: keep': 'Deze gegevens gehouden',
  other: 'Iets anders'
}
