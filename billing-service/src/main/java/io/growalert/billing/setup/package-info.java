/** Creates at Stripe what billing needs: product, prices and the webhook endpoint. */
@NullMarked
package io.growalert.billing.setup;

import org.jspecify.annotations.NullMarked;
