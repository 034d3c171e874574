// The field for an e-mail address.

import * as steps from './steps.js';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NO_EMAIL = 'Enter an e-mail address, such as name@example.com.';

export const typedEmail = () => document.getElementById('email').value.trim();

/** {email: words} when it is none. */
export const emailProblems = email => (EMAIL.test(email) ? {} : {email: NO_EMAIL});

/** What was filled in, or null after it was shown that it is no address. */
export function emailIn() {
  const email = typedEmail();
  return steps.fieldProblems(emailProblems(email)) ? null : email;
}

/** The server knows better what an address is. */
export const refuseEmail = () => steps.fieldProblems({email: NO_EMAIL});
