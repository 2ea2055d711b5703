namespace Stackmeta;

/// <summary>Tells systemd again and again that the service lives, as long as it does, and what it lacks.</summary>
static class Watchdog
{
    /// <summary>How often the state is told where systemd wants no sign of life.</summary>
    static readonly TimeSpan StatusPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Until the token fires.</summary>
    public static async Task RunAsync(
        ServiceManager manager,
        IReadOnlyList<string> adminSockets,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var pulse = new Pulse(adminSockets);
        // A third of it, so that one look may fail to be in time (sd_watchdog_enabled(3) advises half).
        var period = manager.Watchdog is { } watchdog ? watchdog / 3 : StatusPeriod;
        try
        {
            while (true)
            {
                if (await pulse.FindDeadAsync(cancellationToken) is { } dead)
                {
                    // No sign: systemd ends this process and starts it anew, with the sockets that it keeps.
                    manager.Status($"Not well: {dead}");
                }
                else
                {
                    manager.KeepAlive();
                    manager.Status(
                        await pulse.FindUnreadyAsync(cancellationToken) is { } reason ? $"Not ready: {reason}" : "Ready"
                    );
                }
                await Task.Delay(period, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
