package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a handler, no longer than it may take. */
public final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private Attempt() {}

    /**
     * @throws InterruptedException when this thread is interrupted; the handler's then is too
     */
    public static Outcome at(Handler handler, Notification notification) throws InterruptedException {
        var call = new FutureTask<>(() -> handler.deliver(notification));
        Thread.ofVirtual().name("handler-" + notification.receiver()).start(call);
        try {
            return call.get(handler.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Outcome.Retry("no answer within " + handler.timeout());
        } catch (ExecutionException e) {
            LOG.atWarn()
                    .setCause(e.getCause())
                    .addKeyValue("deliveryId", notification.id())
                    .addKeyValue("receiver", notification.receiver())
                    .log("The handler failed; it is tried again");
            return new Outcome.Retry("the handler failed: " + e.getCause());
        } finally {
            call.cancel(true);
        }
    }
}
