// A delivery address: Stripe's Address Element, or plain fields where Stripe.js is a stand-in, which has none.

import {countries, countryHere, countryName, hasPostalCodes} from './countries.js';
import * as steps from './steps.js';

/** In the order of the form. Fields with a message for a missing value are required. */
const FIELDS = [
  {name: 'name', label: 'Full name', autocomplete: 'name', longest: 200, missing: 'Enter the name of the recipient.'},
  {name: 'line1', label: 'Street and number', autocomplete: 'address-line1', longest: 200, missing: 'Enter a street and a number.'},
  {name: 'line2', label: 'Apartment, floor (optional)', autocomplete: 'address-line2', longest: 200},
  {name: 'postalCode', label: 'Postal code', autocomplete: 'postal-code', longest: 20, missing: 'Enter a postal code.', half: true},
  {name: 'city', label: 'City', autocomplete: 'address-level2', longest: 100, missing: 'Enter a city.', half: true},
  {name: 'state', label: 'State or province (optional)', autocomplete: 'address-level1', longest: 100},
  {name: 'country', label: 'Country', autocomplete: 'country', missing: 'Choose a country.'},
  {name: 'phone', label: 'Phone for the carrier (optional)', autocomplete: 'tel', type: 'tel', longest: 40},
];

export class IncompleteAddress extends Error {}

/**
 * @param place the element that gets the form's fields; their ids begin with its id
 * @param stripe Stripe.js where it is Stripe's own, or null for plain fields
 * @param known the address to begin with, or null
 * @return {read}: an asynchronous function that returns the address as {@code /charge} accepts it
 * @throws IncompleteAddress by {@code read}, after the invalid fields were marked and the first one was focused
 */
export function addressForm(place, {stripe, elementsOf, known = null}) {
  return stripe ? stripesForm(place, elementsOf(stripe, {}), known) : plainForm(place, known);
}

/** The address in lines. */
export function addressLines({name, line1, line2, postalCode, city, state, country}) {
  return [name, line1, line2, [postalCode, city].filter(Boolean).join(' '), state, countryName(country)].filter(Boolean);
}

// ---- Stripe's Address Element ---------------------------------------------------------------------------------------

function stripesForm(place, elements, known) {
  const element = elements.create('address', {
    mode: 'shipping',
    fields: {phone: 'always'},
    validation: {phone: {required: 'never'}},
    // it needs Google Maps
    autocomplete: {mode: 'disabled'},
    defaultValues: known ? stripesAddress(known) : {address: {country: countryHere()}},
  });
  place.replaceChildren();
  element.mount(place);
  return {
    async read() {
      const {complete, value} = await element.getValue();
      if (complete) return ownAddress(value);
      // shows which fields are incomplete
      await elements.submit();
      if (!place.contains(document.activeElement)) element.focus();
      throw new IncompleteAddress();
    },
  };
}

const stripesAddress = ({name, line1, line2, postalCode, city, state, country, phone}) =>
  ({name, phone, address: {line1, line2, postal_code: postalCode, city, state, country}});

const ownAddress = ({name, phone, address}) => withoutEmpty({
  name,
  line1: address.line1,
  line2: address.line2,
  city: address.city,
  postalCode: address.postal_code,
  state: address.state,
  country: address.country,
  phone,
});

const withoutEmpty = address => Object.fromEntries(Object.entries(address).filter(([, value]) => value));

// ---- plain fields ---------------------------------------------------------------------------------------------------

function plainForm(place, known) {
  const idOf = ({name}) => `${place.id}-${name}`;
  const valueOf = field => document.getElementById(idOf(field)).value.trim();
  const isNeeded = ({name, missing}) => missing && (name !== 'postalCode' || hasPostalCodes(valueOf({name: 'country'})));
  const problemOf = field => (isNeeded(field) && !valueOf(field) ? field.missing : undefined);
  const pair = Object.assign(document.createElement('div'), {className: 'pair'});
  place.replaceChildren();
  for (const field of FIELDS) {
    const value = known?.[field.name] ?? (field.name === 'country' ? countryHere() : '');
    const line = field.half ? pair : place;
    if (field.half && !pair.parentNode) place.append(pair);
    line.append(fieldNode(field, idOf(field), value));
    steps.clearsWhenValid(idOf(field), () => problemOf(field));
  }
  return {
    async read() {
      const problems = Object.fromEntries(FIELDS.filter(problemOf).map(field => [idOf(field), problemOf(field)]));
      if (steps.fieldProblems(problems, FIELDS.map(idOf))) throw new IncompleteAddress();
      return withoutEmpty(Object.fromEntries(FIELDS.map(field => [field.name, valueOf(field)])));
    },
  };
}

function fieldNode({name, label, autocomplete, longest, missing, type = 'text'}, id, value) {
  const node = Object.assign(document.createElement('div'), {className: 'field'});
  const input = name === 'country' ? countryField() : Object.assign(document.createElement('input'), {type, maxLength: longest});
  Object.assign(input, {id, name, value, autocomplete: `shipping ${autocomplete}`, required: Boolean(missing)});
  input.setAttribute('aria-describedby', `${id}-problem`);
  node.append(
    Object.assign(document.createElement('label'), {htmlFor: id, textContent: label}),
    input,
    Object.assign(document.createElement('p'), {id: `${id}-problem`, className: 'field-problem'}),
  );
  return node;
}

function countryField() {
  const field = document.createElement('select');
  field.append(new Option('', ''), ...countries().map(({code, name}) => new Option(name, code)));
  return field;
}
