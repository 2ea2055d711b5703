using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>oslo.db's options of a group, as far as a reader of the database needs them.</summary>
sealed class DatabaseTable
{
    public DatabaseTable(string group)
    {
        OptionDefinition Option(string name, OptionKind kind = OptionKind.Text) => new(group, name, kind);
        Connection = Option("connection") with
        {
            IsSecret = true,
            DeprecatedNames =
                group == "database"
                    ? [("DEFAULT", "sql_connection"), ("database", "sql_connection"), ("sql", "connection")]
                    : [],
            Unsupported = Refusal,
        };
        ConnectionParameters = Option("connection_parameters") with { Default = "" };
        MaxPoolSize = Option("max_pool_size", OptionKind.Integer) with { Default = "5", Minimum = 0 };
        MaxOverflow = Option("max_overflow", OptionKind.Integer) with { Default = "50", Minimum = -1 };
        ConnectionRecycleTime = Option("connection_recycle_time", OptionKind.Integer) with
        {
            Default = "3600",
            Minimum = -1,
        };
        All = [Connection, ConnectionParameters, MaxPoolSize, MaxOverflow, ConnectionRecycleTime];
    }

    public ImmutableArray<OptionDefinition> All { get; }

    public OptionDefinition Connection { get; }
    OptionDefinition ConnectionParameters { get; }
    OptionDefinition MaxPoolSize { get; }
    OptionDefinition MaxOverflow { get; }
    OptionDefinition ConnectionRecycleTime { get; }

    /// <summary>The URL; null when none is configured or it is not usable, which is then a problem of the reader's.</summary>
    public DatabaseUrl? ReadUrl(OptionReader reader, out string? text)
    {
        text = reader.Text(Connection);
        if (string.IsNullOrEmpty(text))
        {
            text = null;
            return null;
        }
        try
        {
            var url = DatabaseUrl.Parse(text).With(ReadParameters(reader));
            DatabaseSource.Check(url);
            return url;
        }
        catch (FormatException error)
        {
            reader.Complain(Connection, "cannot be used: " + error.Message);
            return null;
        }
    }

    public string ReadParameters(OptionReader reader) => reader.Text(ConnectionParameters) ?? "";

    public DatabasePool ReadPool(OptionReader reader)
    {
        // Zero connections kept, or any number beyond them, mean "no limit" in SQLAlchemy; a limit there must be.
        const int NoLimit = 100;
        var kept = reader.Integer(MaxPoolSize) ?? 5;
        var beyond = reader.Integer(MaxOverflow) ?? 50;
        var lifetime = reader.Integer(ConnectionRecycleTime) ?? -1;
        return new()
        {
            MaximumConnections = kept == 0 || beyond < 0 ? NoLimit : kept + beyond,
            ConnectionLifetime = lifetime > 0 ? TimeSpan.FromSeconds(lifetime) : TimeSpan.Zero,
        };
    }

    static string? Refusal(string text)
    {
        try
        {
            DatabaseSource.Check(DatabaseUrl.Parse(text));
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}
