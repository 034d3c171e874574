/** The account page, against the documented responses of the account's endpoints. */
@NullMarked
package io.growalert.browser.account;

import org.jspecify.annotations.NullMarked;
