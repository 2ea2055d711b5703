using System.Runtime.InteropServices;

namespace Stackmeta;

/// <summary>SIGINT and SIGTERM as a token: a long-running command stops in order instead of being ended.</summary>
sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource _stop;
    readonly PosixSignalRegistration _interrupt;
    readonly PosixSignalRegistration _terminate;

    /// <param name="also">Stops too, without a signal.</param>
    public StopSignals(CancellationToken also)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(also);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>Returns when a signal has come.</summary>
    public async Task WaitAsync()
    {
        try
        {
            await Task.Delay(Timeout.Infinite, Token);
        }
        catch (OperationCanceledException)
        {
            // That is what was waited for.
        }
    }

    /// <summary>Returns when a signal has come, or what runs has ended by itself.</summary>
    /// <exception cref="CommandException">It ended because it cannot go on.</exception>
    public async Task WaitAsync(object running)
    {
        if (running is IEndsItself { Ended: var ended })
        {
            await await Task.WhenAny(WaitAsync(), ended);
        }
        else
        {
            await WaitAsync();
        }
    }

    /// <summary>Stops as a signal would.</summary>
    public void Stop() => _stop.Cancel();

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Stop();
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }
}
