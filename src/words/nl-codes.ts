// De redenen, in het Nederlands. The same as en-codes.ts, in Dutch.

import type { CodeWords } from './en-codes.ts'

export const codes: CodeWords = {
  ofInvoice: {
    PDF_UNREACHABLE: {
      what: 'Het adres van de pdf reageert niet.',
      do: 'Niets: de brug probeert het opnieuw. Blijft het misgaan, open het adres van de pdf dan zelf eens.'
    },
    PDF_NOT_READY: { what: 'Het pakket is nog bezig met de pdf.', do: 'Niets: de brug probeert het opnieuw.' },
    TOOL_UNREACHABLE: { what: 'Het pakket reageert niet.', do: 'Niets: de brug probeert het opnieuw.' },
    TOOL_BUSY: { what: 'Het pakket vroeg om een pauze.', do: 'Niets: de brug gaat daarna verder.' },
    TOOL_NOT_FINAL: {
      what: 'Volgens het pakket is deze factuur niet meer definitief.',
      do: 'Niets: de brug vraagt het opnieuw na. Is hij ingetrokken, leg hem dan terzijde.'
    },
    PORTAL_UNREACHABLE: { what: 'Het portaal reageert niet.', do: 'Niets: de brug probeert het opnieuw.' },
    PORTAL_BUSY: { what: 'Het portaal vroeg om een pauze.', do: 'Niets: de brug gaat daarna verder.' },
    PORTAL_UNAUTHORIZED: {
      what: 'Het portaal weigert de sleutel.',
      do: 'Maak een nieuwe sleutel in het portaal, stel PORTAL_TOKEN in en start de brug opnieuw.'
    },
    PORTAL_FORM_CHANGED: {
      what: 'Het portaal wil één veld in een andere vorm.',
      do: 'Niets: de brug verstuurt het in die vorm.'
    },
    TOOL_UNAUTHORIZED: {
      what: 'Het pakket weigert zijn sleutel.',
      do: 'Maak een nieuwe sleutel in het pakket, stel die in en start de brug opnieuw.'
    },
    EVENT_UNREADABLE: {
      what: 'Een bericht van het pakket was niet te lezen, of het pakket heeft deze factuur niet meer.',
      do: 'Bestaat de factuur niet meer, leg hem dan terzijde. Werk anders de brug bij en probeer het opnieuw. Kwam hij per mail: herstel wat de geschiedenis noemt, leg hem terzijde en zet dan de mail terug in het postvak IN.'
    },
    REVIEW: {
      what: 'Hij staat klaar en wacht op je akkoord. Er is niets verstuurd.',
      do: 'Vergelijk wat er verstuurd zou worden met de pdf. Verstuur hem dan, of leg hem terzijde.'
    },
    CUSTOMER_UNKNOWN: {
      what: 'Het is nog niet bekend voor welke klant in het portaal deze factuur is.',
      do: 'Kies de klant. De factuur gaat dan vanzelf verder.'
    },
    CUSTOMER_AMBIGUOUS: {
      what: 'Er is meer dan één klant in het portaal die bedoeld kan zijn.',
      do: 'Kies de juiste. De factuur gaat dan vanzelf verder.'
    },
    CURRENCY_UNSUPPORTED: {
      what: 'Het portaal neemt alleen euro’s aan.',
      do: 'Voer deze factuur zelf in het portaal in en leg hem hier terzijde.'
    },
    CREDIT_NOTE: {
      what: 'Het is een creditfactuur: het bedrag is negatief.',
      do: 'Verstuur hem toch, of leg hem terzijde.'
    },
    ZERO_AMOUNT: { what: 'Het bedrag is nul.', do: 'Verstuur hem toch, of leg hem terzijde.' },
    DATE_IMPLAUSIBLE: {
      what: 'De factuurdatum ligt ver vooruit, of jaren terug.',
      do: 'Klopt de datum, verstuur hem dan toch. Stuur de factuur anders opnieuw vanuit het pakket, met de goede datum.'
    },
    INVOICE_CONFLICT: {
      what: 'Hetzelfde nummer kwam al eerder, of staat in het portaal, met andere gegevens.',
      do: 'Bekijk wat er verschilt en kies.'
    },
    PDF_NOT_A_PDF: {
      what: 'Het bestand is geen pdf, of het is veranderd.',
      do: 'Vervang de pdf, of herstel hem in het pakket en probeer het opnieuw.'
    },
    PDF_TOO_LARGE: {
      what: 'De pdf is te groot.',
      do: 'Vervang hem door een kleinere, of verhoog PDF_BYTES_MAX en probeer het opnieuw.'
    },
    PDF_ADDRESS_REFUSED: {
      what: 'Het adres van de pdf is niet https, of leidt naar een besloten netwerk.',
      do: 'Vervang de pdf, of stuur de factuur opnieuw met een openbaar adres.'
    },
    PORTAL_REJECTED: {
      what: 'Het portaal heeft de factuur geweigerd.',
      do: 'Herstel wat het portaal noemt en probeer het opnieuw.'
    },
    PORTAL_UNCLEAR: {
      what: 'Hij is misschien verstuurd; of hij in het portaal staat, is niet vast te stellen.',
      do: 'Zoek hem in het portaal, ook onder andere nummers. Zeg dan wat je hebt gevonden.'
    },
    ATTEMPTS_EXHAUSTED: {
      what: 'De brug heeft het dagenlang geprobeerd, zonder succes.',
      do: 'Kijk in de geschiedenis wat er het laatst misging, herstel dat en probeer het opnieuw.'
    },
    BY_OPERATOR: { what: 'Iemand heeft hem terzijde gelegd.', do: 'Dat kun je terugdraaien.' },
    VOIDED_IN_TOOL: {
      what: 'Hij is in het pakket ingetrokken.',
      do: 'Niets; maar staat hij in het portaal, corrigeer hem dan daar.'
    },
    PORTAL_DUPLICATE: {
      what: 'Dit nummer staat meer dan één keer in het portaal.',
      do: 'Verwijder de overtollige in het portaal en kies dan ‘Dit is in orde’.'
    },
    DELETED_IN_PORTAL: {
      what: 'Hij is in het portaal verwijderd.',
      do: 'Was dat de bedoeling, kies dan ‘Dit is in orde’.'
    },
    PAID_NOT_MARKED: {
      what: 'Hij is betaald, maar dat kon niet in het portaal worden gezet.',
      do: 'Zet hem in het portaal op betaald en kies dan ‘Dit is in orde’.'
    }
  },

  ofRefusal: {
    NOT_AUTHENTIC:
      'Geen geldige handtekening, code of wachtwoord. Aan beide kanten moet hetzelfde geheim ingevuld zijn.',
    BODY_TOO_LARGE: 'Groter dan de brug aanneemt.',
    BODY_TOO_SLOW: 'Het kwam zo langzaam binnen dat de brug het heeft afgebroken.',
    TYPE_UNSUPPORTED: 'Een soort inhoud die dit adres niet aanneemt.',
    FIELDS_INVALID: 'Echt, maar deze velden zijn niet te lezen. Herstel ze bij de verzender en stuur het opnieuw.',
    TOO_MANY_REQUESTS: 'Van dit adres waren er al te veel verzoeken geweigerd.',
    NOT_FOUND: 'Op dit adres staat niets.',
    METHOD_NOT_ALLOWED: 'Een andere methode dan POST.',
    NOT_LOGGED_IN: 'De toegangscode ontbrak of klopte niet.',
    READ_ONLY: 'Met deze code mag alleen gekeken worden.',
    INVOICE_NOT_FOUND: 'Deze factuur bestaat niet.',
    STATE_CONFLICT: 'De stand van de factuur liet het niet toe.',
    TOOL_NOT_SET_UP: 'Deze koppeling is bekend, maar niet ingesteld.',
    TOOL_CANNOT_BE_ASKED: 'Hier valt niets na te vragen.',
    INTAKE_BUSY: 'Er kwam te veel tegelijk binnen; de verzender probeert het opnieuw.',
    LEDGER_UNAVAILABLE: 'Het kon niet worden bewaard; de verzender probeert het opnieuw.',
    UNEXPECTED: 'Een fout in de brug zelf.'
  },

  special: {
    byRule: 'Daarom wordt hij niet verstuurd. Dat kan alsnog.',
    idUnknown: 'In het portaal staat geen klant met het kenmerk dat de factuur noemt.',
    unmade: {
      what: 'De brug vroeg het portaal deze nieuwe klant aan te maken, maar dat is niet gelukt.',
      do: 'Staat hij er toch, kies hem dan. Los anders op wat het portaal meldt en probeer het opnieuw: de brug vraagt het dan nog een keer. Is de klant aangemaakt, dan gaan al zijn facturen vanzelf verder.'
    },
    conflictCame: {
      what: 'Hetzelfde nummer kwam twee keer binnen, met verschillende gegevens.',
      do: 'Vergelijk de twee en kies.'
    },
    conflictInPortal: {
      what: 'In het portaal staat dit nummer met andere gegevens.',
      do: 'Bekijk hem in het portaal. Laat het daarbij, of verstuur deze er ook bij.'
    },
    conflictDelivered: {
      what: 'Nadat hij was afgeleverd, kwam hetzelfde nummer met andere gegevens.',
      do: 'Kloppen de latere gegevens, verbeter de factuur dan in het portaal. Kies daarna ‘Dit is in orde’.'
    },
    toldOtherwise: {
      what: 'In het portaal staat hij anders dan hij is verstuurd.',
      do: 'Verbeter hem in het portaal en kies daarna ‘Dit is in orde’.'
    },
    toldBefore: {
      what: 'Het pakket noemde deze factuur eerder onder een ander nummer.',
      do: 'Kijk welk nummer klopt. Laat het bij het eerste, of verstuur deze er ook bij.'
    },
    inDoubt: {
      what: 'Hij wordt verstuurd, of het antwoord raakte zoek en de brug kijkt of hij in het portaal staat.',
      do: 'Niets: binnen een paar minuten is dit duidelijk.'
    },
    collected: {
      what: 'Het pakket int deze factuur zelf; de brug wacht tot hij betaald is.',
      do: 'Niets. Je kunt hem wel nu versturen.'
    }
  }
}
