namespace Stackmeta;

/// <summary>What a long-running command runs, from its start to its disposal, which stops it in order.</summary>
interface IRunning : IEndsItself, IAsyncDisposable
{
    /// <summary>Ends when guests are served; fails when they cannot be.</summary>
    Task Started { get; }

    /// <summary>Why no guest could be answered now; null when one could.</summary>
    Task<string?> FindUnreadyAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>The admin sockets of its processes, on which each tells whether it lives and is ready.</summary>
    IReadOnlyList<string> AdminSockets { get; }

    /// <summary>Makes all that other settings need, and changes nothing yet.</summary>
    /// <returns>What makes them hold, and cannot fail.</returns>
    /// <exception cref="SettingsException">They cannot be used.</exception>
    /// <exception cref="OpenStack.ConfigurationException">OpenStack's files cannot be used.</exception>
    Action PrepareReload(SettingValues settings);
}
