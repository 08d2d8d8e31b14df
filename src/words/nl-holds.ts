// Waarom een factuur wacht of verdergaat, in het Nederlands: the details that stand in the history.

export const holds: [english: string, dutch: string][] = [
  // Three candidates at most.
  ['{sentence}; perhaps {} or {} or {}', '{}; misschien {}, {} of {}'],
  ['{sentence}; perhaps {} or {}', '{}; misschien {} of {}'],
  ['{sentence}; perhaps {}', '{}; misschien {}'],
  ['no portal customer has its e-mail address', 'geen klant in het portaal heeft dit e-mailadres'],
  ['its e-mail address is that of {}', 'het e-mailadres is dat van {}'],
  ['its e-mail addresses are those of {}', 'de e-mailadressen zijn die van {}'],
  ['its link to {} was removed', 'de koppeling met {} is verwijderd'],
  [
    'the portal customer that it was linked to, {}, no longer exists',
    'de klant in het portaal waaraan hij gekoppeld was, {}, bestaat niet meer'
  ],
  [
    'its name, address or e-mail address is not complete, so it cannot be created',
    'de naam, het adres of het e-mailadres is niet compleet, dus de brug kan deze klant niet aanmaken'
  ],
  [
    'only the e-mail address identifies this customer, and it comes under several names',
    'van deze klant is alleen het e-mailadres bekend, en dat komt onder meer dan één naam voor'
  ],
  [
    'only the e-mail address identifies this customer, and it was linked under another name',
    'van deze klant is alleen het e-mailadres bekend, en dat is onder een andere naam gekoppeld'
  ],
  [
    'another customer of the tool, {}, has the same claim to {}, under another name',
    'een andere klant uit het pakket, {}, kan onder een andere naam net zo goed {} zijn'
  ],
  [
    'it was matched with {}, and its e-mail address is that of {}',
    'hij is vanzelf gekoppeld aan {}, maar het e-mailadres is dat van {}'
  ],
  [
    '{sentence}: it may be another customer with the same reference',
    '{}: misschien is het een andere klant met hetzelfde kenmerk'
  ],
  ['its reference was linked to {} for {}', 'het kenmerk is aan {} gekoppeld voor {}'],
  ['its reference last came with {}', 'het kenmerk kwam het laatst met {}'],
  ['{sentence} and {sentence}', '{} en {}'],
  ['another name', 'een andere naam'],
  ['another e-mail address', 'een ander e-mailadres'],
  ['the portal holds no customer {}', 'het portaal heeft geen klant {}'],
  ['the portal holds no such customer', 'het portaal heeft deze klant niet'],
  ['the portal refused to create it: {}', 'het portaal weigerde deze klant aan te maken: {}'],
  [
    'the portal was asked to create it, and shows no customer with its name and e-mail address: {}',
    'het portaal moest deze klant aanmaken, maar toont geen klant met deze naam en dit e-mailadres: {}'
  ],
  [
    'the portal was asked to create it, and shows no customer with its name and e-mail address',
    'het portaal moest deze klant aanmaken, maar toont geen klant met deze naam en dit e-mailadres'
  ],
  ['it is not known whether the customer was created: {}', 'of de klant is aangemaakt, is niet bekend: {}'],
  [
    'the portal answered with {}, which has another e-mail address',
    'het portaal antwoordde met {}, en die heeft een ander e-mailadres'
  ],
  [
    'the portal answered with {}, which shows no e-mail address',
    'het portaal antwoordde met {}, en die toont geen e-mailadres'
  ],
  [
    'the portal answered with {}, which was there before, without this e-mail address',
    'het portaal antwoordde met {}, en die stond er al, zonder dit e-mailadres'
  ],
  [
    'the customer is not in the portal, and was not created',
    'de klant staat niet in het portaal en is niet aangemaakt'
  ],
  ['the customer is being looked for in the portal', 'de klant wordt in het portaal gezocht'],
  [
    'the portal lists {}, but answers that it holds no such customer',
    'het portaal noemt {} in zijn lijst, en antwoordt dat die klant niet bestaat'
  ],
  ['a test creates no customer', 'voor een test wordt geen klant aangemaakt'],
  ['which is not known', 'die niet meer bekend is'],

  ['linked to {word}', 'gekoppeld aan {}'],
  ['the customer was created', 'de klant is aangemaakt'],
  ['the customer changed', 'de gegevens van de klant zijn gewijzigd'],
  ['another customer changed', 'de gegevens van een andere klant zijn gewijzigd'],
  ['the portal changed', 'in het portaal zijn klantgegevens gewijzigd'],
  ['customers are found in another way', 'de brug zoekt klanten nu op een andere manier'],

  ['changed since it was released: {facts}', 'veranderd sinds hij was vrijgegeven: {}'],
  ['the portal holds {} under this number', 'het portaal heeft onder dit nummer {}'],
  ['the portal shows another {facts}', 'in het portaal verschilt: {}'],
  [
    'the portal answered with {}, which is another invoice',
    'het portaal antwoordde met {}, en dat is een andere factuur'
  ],
  [
    'the portal answered with {}, which was there before it was sent',
    'het portaal antwoordde met {}, en die stond er al voor het versturen'
  ],
  ['the portal answered with {} and another number, {}', 'het portaal antwoordde met {} en een ander nummer, {}'],
  [
    'since then the portal shows {}, with the same customer, amount and date',
    'sindsdien toont het portaal {}, met dezelfde klant, hetzelfde bedrag en dezelfde datum'
  ],
  [
    'the portal shows {} ({}), with the same customer, amount and date',
    'het portaal toont {} ({}), met dezelfde klant, hetzelfde bedrag en dezelfde datum'
  ],
  ['the portal does not hold it', 'het portaal heeft hem niet'],
  [
    'the portal lists {}, but answers that it holds no such invoice',
    'het portaal noemt {} in zijn lijst, maar antwoordt dat die factuur niet bestaat'
  ],
  [
    'the portal accepted the date of payment but does not show it',
    'het portaal nam de betaaldatum aan, maar toont hem niet'
  ],
  [
    'what the portal holds under this number keeps changing',
    'wat het portaal onder dit nummer heeft, verandert steeds'
  ],
  [
    'the portal does not accept it in addition to the one that it holds',
    'het portaal neemt hem niet aan naast de factuur die er al staat'
  ],
  ['the answer could not be recorded', 'het antwoord kon niet worden bewaard'],
  ['the tool holds no such invoice (any more)', 'het pakket heeft deze factuur niet (meer)'],
  ['the tool has this invoice under another number', 'het pakket noemt deze factuur onder een ander nummer'],
  ['it can be read now, but is ignored: {}', 'het bericht is nu te lezen, maar telt niet mee: {}'],
  ['not final yet', 'nog niet definitief'],
  [
    'it can be read now, but is ignored: VOIDED_IN_TOOL',
    'het bericht is nu te lezen, maar telt niet mee: de factuur is in het pakket ingetrokken'
  ],
  ['the tool {} is not set up', 'de koppeling {} is niet ingesteld'],

  ['the PDF is larger than {} bytes', 'de pdf is groter dan {} bytes'],
  ['{word} answered {word}: look at the address', '{} antwoordde {}: kijk het adres na'],
  ['{word} answered with JSON instead of the PDF', '{} antwoordde met JSON in plaats van de pdf'],
  ['{word} sent an encoding nobody asked for', '{} stuurde een codering waar niemand om vroeg'],
  ['{word} broke off before the end of the PDF', '{} brak af voor het einde van de pdf'],
  ['{word} could not be read: {}', '{} was niet te lezen: {}'],
  ['it is not an address', 'het is geen adres'],
  ['it is not an https address', 'het is geen https-adres'],
  ['the address carries a password', 'er staat een wachtwoord in het adres'],
  ['{word} is a private address', '{} is een adres in een besloten netwerk'],
  ['{word} is asked without TLS', '{} wordt zonder TLS gevraagd'],
  ['it is asked without TLS', 'het wordt zonder TLS gevraagd'],
  ['the bytes do not begin with %PDF-', 'het bestand begint niet met %PDF-'],
  ['the PDF was changed on the disk right after it was kept', 'de pdf is op de schijf meteen weer veranderd'],
  ['the PDF that you put there {}: put it there again', 'de pdf die je er hebt neergezet, {}: zet hem er opnieuw neer'],
  ['the PDF {}: send the invoice again, with it', 'de pdf {}: stuur de factuur opnieuw, met pdf'],
  ['on the disk is not the one that was kept', 'is op de schijf niet meer dezelfde'],
  ['is gone from the disk', 'is van de schijf verdwenen'],
  [
    '{sentence}: put it there yourself, or have the invoice mailed once more',
    '{}: zet hem er zelf neer, of laat de factuur nog een keer mailen'
  ],
  [
    'the mail had no PDF that certainly belongs to this invoice, or one that is not a PDF or is too large; or it was taken away while the bridge read it',
    'de mail had geen pdf die zeker bij deze factuur hoort, of een die te groot is of geen pdf; of hij is weggehaald terwijl de brug hem las'
  ],

  ['{sentence} (mail of {}, goes to {})', '{} (mail van {}, gaat naar {})'],
  ['an unknown date', 'een onbekende datum'],
  [
    'mail: expected a UBL file beside the PDF. Switch it on in your bookkeeping, and mail the invoice again',
    'de mail heeft geen UBL-bestand naast de pdf. Zet dat aan in je pakket en mail de factuur opnieuw'
  ],
  ['mail: expected a PDF and a UBL file. {}', 'de mail heeft geen pdf met een UBL-bestand. {}'],
  [
    'They may be in the archive: have your bookkeeping attach the files themselves',
    'Misschien zitten ze in het archief: laat je pakket de bestanden zelf bijvoegen'
  ],
  [
    'It is encrypted, or signed so that its files are hidden: have this copy mailed without that',
    'Hij is versleuteld, of zo ondertekend dat de bestanden niet te zien zijn: laat deze kopie zonder dat mailen'
  ],
  [
    'Outlook put everything into winmail.dat: have it mailed as HTML or plain text, not as rich text',
    'Outlook heeft alles in winmail.dat gestopt: laat hem als HTML of platte tekst mailen, niet als RTF'
  ],
  [
    'They may be in the attached mail: redirect that mail itself to the {word}',
    'Misschien zitten ze in de bijgevoegde mail: stuur die mail zelf door naar de {}'
  ],
  ['mail: expected a structure that can be read', 'de delen van de mail zijn niet uit elkaar te houden'],
  ['mail: expected the kept record of a mail', 'wat van de mail is bewaard, is niet te lezen'],
  ['mail: not proven, because {}', 'niet bewezen dat de mail echt is, want {}'],
  ['it was not sent to EMAIL_ADDRESS', 'hij is niet aan EMAIL_ADDRESS gestuurd'],
  ['it has no Authentication-Results of EMAIL_RECEIVER', 'hij heeft geen Authentication-Results van EMAIL_RECEIVER'],
  [
    'EMAIL_RECEIVER does not vouch for a sender that is among EMAIL_SENDERS',
    'EMAIL_RECEIVER staat niet in voor een afzender uit EMAIL_SENDERS'
  ],
  [
    'AccountingSupplierParty: expected the number in EMAIL_SUPPLIER_ID: this is not an invoice of yours',
    'AccountingSupplierParty: niet het nummer uit EMAIL_SUPPLIER_ID, dus dit is geen factuur van jou'
  ]
]
