package io.growalert.billing.customer;

import io.growalert.billing.customer.account.EmailChangeTable;
import io.growalert.billing.customer.idempotency.IdempotentRequests;
import io.growalert.billing.customer.limit.AttemptLimits;
import io.growalert.billing.customer.limit.CustomerCallBudget;
import io.growalert.billing.customer.plan.ShownCosts;
import io.growalert.billing.customer.session.Sessions;
import io.growalert.billing.customer.signin.SignInLinks;
import io.growalert.runtime.loop.Progress;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.springframework.stereotype.Component;

/** Deletes expired requests, attempts, links, ended sessions, full call budgets, and old previews and address changes every 10 minutes. */
@Component
final class CustomerCleanup {
    private static final int BATCH = 1_000;
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(10);

    /** Each deletes at most so many rows in one transaction, and returns how many. */
    private final List<IntUnaryOperator> deletes;

    CustomerCleanup(
            IdempotentRequests requests,
            AttemptLimits limits,
            SignInLinks links,
            Sessions sessions,
            CustomerCallBudget budget,
            ShownCosts costs,
            EmailChangeTable emails) {
        deletes = List.of(
                requests::deleteOld,
                limits::deleteOld,
                links::deleteOld,
                sessions::deleteOld,
                budget::deleteOld,
                costs::deleteOld,
                emails::deleteOld);
    }

    ScheduledTask task() {
        return new ScheduledTask("customer-cleanup", INTERVAL, RETRY, this::deleteAll);
    }

    private void deleteAll(Progress progress) {
        for (var delete : deletes) {
            while (delete.applyAsInt(BATCH) == BATCH && !Thread.currentThread().isInterrupted()) {
                progress.advanced();
            }
        }
    }
}
