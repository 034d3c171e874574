package io.growalert.dispatcher.notify;

import io.growalert.dispatcher.handler.Answered;
import io.growalert.dispatcher.handler.Handler;
import io.growalert.dispatcher.handler.Notification;
import io.growalert.dispatcher.handler.Outcome;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a handler, limited by the handler's timeout. */
public final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private Attempt() {}

    /**
     * @throws InterruptedException when this thread is interrupted; the handler is interrupted too
     */
    public static Answered at(Handler handler, Notification notification) throws InterruptedException {
        var call = new FutureTask<>(() -> handler.attempt(notification));
        Thread.ofVirtual().name("handler-" + notification.receiver()).start(call);
        try {
            return call.get(handler.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Answered.none(new Outcome.Retry("timed out after " + handler.timeout()));
        } catch (ExecutionException e) {
            LOG.atWarn()
                    .setCause(e.getCause())
                    .addKeyValue("deliveryId", notification.id())
                    .addKeyValue("receiver", notification.receiver())
                    .log("Handler failed; the delivery is retried");
            return Answered.none(new Outcome.Retry("the handler failed: " + e.getCause()));
        } finally {
            call.cancel(true);
        }
    }
}
