/** The pages in a real browser, against everything that is behind them. */
@NullMarked
package io.growalert.gateway.browser;

import org.jspecify.annotations.NullMarked;
