// The field for an e-mail address.

import * as steps from './steps.js';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NO_EMAIL = 'Enter an e-mail address, such as name@example.com.';

export const typedEmail = () => document.getElementById('email').value.trim();

/** {email: message} when it is invalid. */
export const emailProblems = email => (EMAIL.test(email) ? {} : {email: NO_EMAIL});

/** The message disappears as soon as the address is corrected. */
export const watchEmail = () => steps.clearsWhenValid('email', () => emailProblems(typedEmail()).email);

/** The address in the field, or null after the field was marked as invalid. */
export function emailIn() {
  const email = typedEmail();
  return steps.fieldProblems(emailProblems(email)) ? null : email;
}

/** Marks an address that the server rejected. */
export const refuseEmail = () => steps.fieldProblems({email: NO_EMAIL});
