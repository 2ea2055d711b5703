namespace Stackmeta.OpenStack;

/// <summary>Where Neutron's database is, as its own configuration says, for those who read it beside Nova's.</summary>
public sealed record NeutronDatabaseOptions
{
    /// <summary><c>[database] connection</c> and <c>connection_parameters</c>.</summary>
    public required DatabaseUrl Url { get; init; }

    public DatabasePool Pool { get; init; } = new();

    /// <summary>
    /// How long one look-up may take: with a second one elsewhere it must fit into the 8 seconds that a request may wait inside.
    /// </summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Reads a neutron.conf, or a folder of such files.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or names no database that can be used.</exception>
    public static NeutronDatabaseOptions Read(string path, Func<string, string?>? environment = null)
    {
        var reader = new OptionReader(OsloConfiguration.Read([path], environment), AgentOptions.All);
        var url = AgentOptions.Database.ReadUrl(reader, out var text);
        if (text is null)
        {
            reader.Complain(AgentOptions.Database.Connection, "is needed to read the names of security groups there");
        }
        return url is null || reader.Problems.Count > 0
            ? throw ConfigurationException.Of(reader.Problems)
            : new() { Url = url, Pool = AgentOptions.Database.ReadPool(reader) };
    }

    /// <summary>Without its secrets.</summary>
    public override string ToString() => Url.ToString();
}
