/**
 * Places to query. A kind of source is one folder below this one and one line in
 * {@code META-INF/services/io.growalert.monitor.source.SourceType}; nothing else knows that it exists.
 *
 * <p>To add one, write in a package of its own:
 *
 * <ol>
 *   <li>a {@link io.growalert.monitor.source.SourceType}, which reads the settings under its key in a definition file and
 *       reports what is wrong with them, without connecting;
 *   <li>a {@link io.growalert.monitor.source.SourceConfig}, a record of these settings: sources whose configurations are
 *       equal are not opened anew when a file changes;
 *   <li>a {@link io.growalert.monitor.source.Source}, which asks. It need not bound how often it is asked or give up on a
 *       dead peer: {@link io.growalert.monitor.source.GuardedSource} does that around every one. It must not outlast the
 *       query's timeout, and must bound what it holds of an answer.
 * </ol>
 *
 * <p>What a value means (null, NaN, text, one series twice) is judged behind this seam, the same for every source.
 */
@NullMarked
package io.growalert.monitor.source;

import org.jspecify.annotations.NullMarked;
