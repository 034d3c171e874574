/** Which customers' monitors are paused, since their subscription has ended: decided from growalert.entitlements. */
@NullMarked
package io.growalert.runtime.entitlement;

import org.jspecify.annotations.NullMarked;
