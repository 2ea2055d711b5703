using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>
/// The servers that hold the inventory, one of which takes changes at a time: pools of connections to them, and how far the changes
/// are known here. Safe for concurrent use.
/// </summary>
sealed class PostgresDatabase : IDisposable
{
    /// <summary>The channel on which changes are notified; channels belong to a database.</summary>
    public const string Channel = "stackmeta_inventory";

    // More than there are statements in this project, each prepared at its first use.
    const int PreparedStatements = 200;

    // How long a server is believed to be what it was: until then nobody notices that a standby was promoted.
    const int HostRecheckSeconds = 1;

    // For operators' statements: removing a hundred thousand ports takes some seconds. Guests' questions have a deadline of their own.
    const int CommandSeconds = 300;

    // How long a server that does not answer may take to answer the request to stop.
    const int CancellationMilliseconds = 1_000;

    readonly NpgsqlMultiHostDataSource _pooled;
    readonly NpgsqlMultiHostDataSource _single;

    // The number of the newest change that this process knows of. Written by Interlocked.
    long _knownRevision;

    // Written by followers.
    volatile string _changesTrouble = "";

    // Whether the server can notify: 0 not known, 1 yes, -1 no. Written by whoever tried it.
    volatile int _notifies;

    public PostgresDatabase(PostgresUrl url, PostgresInventoryOptions options)
    {
        Url = url;
        Options = options;
        var settings = url.Copy();
        settings.Timeout = Math.Max(1, (int)options.ConnectTimeout.TotalSeconds);
        settings.CancellationTimeout = CancellationMilliseconds;
        settings.HostRecheckSeconds = HostRecheckSeconds;
        settings.CommandTimeout = CommandSeconds;
        settings.MaxPoolSize = options.MaximumConnections;
        settings.MaxAutoPrepare = PreparedStatements;
        settings.AutoPrepareMinUsages = 1;
        // No session state is set that would have to be reset.
        settings.NoResetOnClose = true;
        _pooled = Build(settings);
        settings.Pooling = false;
        settings.MaxAutoPrepare = 0;
        _single = Build(settings);
        Readers = _pooled.WithTargetSession(url.Reads);
        Primary = _pooled.WithTargetSession(TargetSessionAttributes.Primary);
        Anyone = _pooled.WithTargetSession(TargetSessionAttributes.PreferPrimary);
        Alone = _single.WithTargetSession(TargetSessionAttributes.Primary);
    }

    public PostgresUrl Url { get; }

    public PostgresInventoryOptions Options { get; }

    /// <summary>For guests' questions: where the URL wants them asked.</summary>
    public NpgsqlDataSource Readers { get; }

    /// <summary>For changes, and for what must be as it is now.</summary>
    public NpgsqlDataSource Primary { get; }

    /// <summary>For operators' questions: the primary, or a standby while there is none.</summary>
    public NpgsqlDataSource Anyone { get; }

    /// <summary>Connections to the primary of the caller's own, which keep state.</summary>
    public NpgsqlDataSource Alone { get; }

    /// <summary>What a server tells must not be older than this.</summary>
    public long KnownRevision => Interlocked.Read(ref _knownRevision);

    /// <summary>Notes that a change was made, or seen.</summary>
    public void NoteRevision(long revision)
    {
        for (var known = KnownRevision; known < revision; known = KnownRevision)
        {
            Interlocked.CompareExchange(ref _knownRevision, revision, known);
        }
    }

    /// <summary>
    /// Notes what the primary itself knows. Less than was known means that another one has taken over, and the last changes are lost.
    /// </summary>
    /// <param name="known">What was known here before the primary was asked: a change that was made meanwhile wins.</param>
    /// <param name="revision">What it said.</param>
    public void ReplaceRevision(long known, long revision) =>
        Interlocked.CompareExchange(ref _knownRevision, revision, known);

    /// <summary>Why changes are heard of late or not at all now; empty when they are heard of at once.</summary>
    public string ChangesTrouble
    {
        get => _changesTrouble;
        set => _changesTrouble = value;
    }

    /// <summary>Forgets idle connections, which a restarted or failed-over server has left dead.</summary>
    public void ForgetConnections() => _pooled.Clear();

    /// <summary>Whether the server notifies listeners; known once <see cref="TryNotificationAsync"/> was called.</summary>
    public bool Notifies => _notifies > 0;

    /// <summary>Tries once, outside any transaction, whether the server notifies listeners.</summary>
    public async ValueTask TryNotificationAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_notifies != 0)
        {
            return;
        }
        try
        {
            await using var command = new NpgsqlCommand($"SELECT pg_notify('{Channel}', '')", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            _notifies = 1;
        }
        catch (PostgresException e) when (PostgresTrouble.IsUnknownThere(e))
        {
            _notifies = -1;
        }
    }

    public void Dispose()
    {
        _pooled.Dispose();
        _single.Dispose();
    }

    static NpgsqlMultiHostDataSource Build(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        return builder.BuildMultiHost();
    }
}
