using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Stackmeta;

/// <summary>What holds since the start, what was read last, and what is told of the difference.</summary>
sealed class Reloading(
    Func<SettingValues> read,
    SettingValues settings,
    IRunning running,
    LogThreshold threshold,
    ServiceManager? manager,
    ILoggerFactory loggers
)
{
    readonly SettingValues _started = settings;
    readonly ILogger _logger = loggers.CreateLogger("Stackmeta.Service");
    SettingValues _last = settings;

    public async Task RunAsync(ChannelReader<bool> asked, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in asked.ReadAllAsync(cancellationToken))
            {
                manager?.Reloading();
                Reload();
                manager?.Ready();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    /// <summary>What holds, wherever it is written: a default that is written down is no change.</summary>
    static string InEffect(SettingValues values, Setting setting) =>
        SettingInEffect.Of(values, setting, static _ => null).Shown;

    void Reload()
    {
        try
        {
            var next = read();
            running.PrepareReload(next)();
            threshold.Level = next.Get(KnownSettings.LogLevel);
            var changed = KnownSettings
                .All.Where(setting => InEffect(_last, setting) != InEffect(next, setting))
                .ToList();
            _last = next;
            if (running is PrivilegedHalf)
            {
                // The other half reads the same, and says it.
                return;
            }
            foreach (var setting in changed)
            {
                if (setting.IsLive)
                {
                    Log.SettingChanged(_logger, setting.Name, InEffect(next, setting));
                }
                else if (InEffect(_started, setting) == InEffect(next, setting))
                {
                    Log.SettingPutBack(_logger, setting.Name, next.OriginOf(setting));
                }
                else
                {
                    Log.SettingNeedsRestart(_logger, setting.Name, next.OriginOf(setting));
                }
            }
            Log.Reloaded(_logger);
        }
        catch (SettingsException e)
        {
            foreach (var problem in e.Problems)
            {
                Log.ReloadRefused(_logger, problem.ToString());
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.ReloadRefused(_logger, e.Message);
        }
    }
}
