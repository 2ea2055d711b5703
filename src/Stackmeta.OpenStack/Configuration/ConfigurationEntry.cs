namespace Stackmeta.OpenStack;

/// <summary>One assignment in a configuration file.</summary>
/// <param name="Group">The section, <c>DEFAULT</c> or lower case as oslo.config compares it.</param>
/// <param name="Name">The option's name with underscores.</param>
/// <param name="Value">The text as it stands, without surrounding quotes; continuation lines are joined by line feeds.</param>
/// <param name="Place">Where it stands, for messages.</param>
sealed record ConfigurationEntry(string Group, string Name, string Value, ConfigurationPlace Place);

/// <summary>A line of a configuration file; line 0 of a name stands for the environment.</summary>
public readonly record struct ConfigurationPlace(string File, int Line)
{
    /// <summary><c>file:line</c>, or the name alone.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}";
}

/// <summary>OpenStack's configuration cannot be used. The message lists each problem on a line of its own and holds no secret.</summary>
public sealed class ConfigurationException : Exception
{
    public ConfigurationException() { }

    public ConfigurationException(string message)
        : base(message) { }

    public ConfigurationException(string message, Exception inner)
        : base(message, inner) { }

    /// <summary>All that is wrong, so that an operator need not mend one problem a start.</summary>
    public static ConfigurationException Of(IEnumerable<string> problems) => new(string.Join('\n', problems));
}
