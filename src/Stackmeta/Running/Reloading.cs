using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Stackmeta;

/// <summary>What holds, and what was read last.</summary>
sealed class Reloading(
    Func<SettingValues> read,
    SettingValues settings,
    IRunning running,
    LogThreshold threshold,
    ServiceManager? manager,
    ILoggerFactory loggers
)
{
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

    void Reload()
    {
        try
        {
            var next = read();
            running.PrepareReload(next)();
            threshold.Level = next.Get(KnownSettings.LogLevel);
            var changed = KnownSettings.All.Where(setting => _last.TextOf(setting) != next.TextOf(setting)).ToList();
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
                    Log.SettingChanged(_logger, setting.Name, next.ShownOf(setting));
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
