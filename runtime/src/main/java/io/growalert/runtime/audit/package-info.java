/** Who changed what through a service's API, and when. */
@NullMarked
package io.growalert.runtime.audit;

import org.jspecify.annotations.NullMarked;
