namespace Stackmeta;

/// <summary>Option values of the form <c>key=value,key=value</c>, as <c>openstack</c> and <c>ip</c> have them.</summary>
static class KeyValues
{
    /// <summary>One <c>key=value</c>; the value may hold anything.</summary>
    /// <exception cref="CommandException">It is not of that form.</exception>
    public static (string Key, string Value) One(string option, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (text[..equals], text[(equals + 1)..])
            : throw new CommandException($"{option} is '{text}', and must be KEY=VALUE.", ExitCodes.Usage);
    }

    /// <summary>Several, joined by commas; each of the known keys at most once.</summary>
    /// <exception cref="CommandException">It is not of that form, or a key is not known.</exception>
    public static Dictionary<string, string> Many(string option, string text, params ReadOnlySpan<string> known)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            var (key, value) = One(option, part);
            if (!known.Contains(key))
            {
                throw new CommandException(
                    $"{option} has the key '{key}'; known are {string.Join(", ", known)}.",
                    ExitCodes.Usage
                );
            }
            if (!values.TryAdd(key, value))
            {
                throw new CommandException($"{option} has the key '{key}' twice.", ExitCodes.Usage);
            }
        }
        return values;
    }
}
