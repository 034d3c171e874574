package io.growalert.billing.fulfilment;

import io.growalert.billing.shipping.CustomerOrders;
import io.growalert.billing.shipping.Shipments;
import io.growalert.billing.shipping.ShippingAddresses;
import io.growalert.runtime.schedule.ScheduledTask;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The beans of shipping, for customers and for operators. */
@Configuration(proxyBeanMethods = false)
@Import({ShippingAddresses.class, CustomerOrders.class, Shipments.class, OrderRefunds.class, FulfilmentApi.class})
public class FulfilmentConfiguration {
    private static final int BATCH = 1_000;
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofMinutes(1);

    /** Deletes addresses of orders that were never paid. */
    @Bean
    ScheduledTask shippingAddressRetention(ShippingAddresses addresses) {
        return new ScheduledTask("shipping-address-retention", INTERVAL, RETRY, progress -> {
            while (addresses.deleteOld(BATCH) == BATCH
                    && !Thread.currentThread().isInterrupted()) {
                progress.advanced();
            }
        });
    }
}
