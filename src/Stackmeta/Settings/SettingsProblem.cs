namespace Stackmeta;

/// <summary>A setting that is unknown or senseless: where it stands, and what would be right. One line each.</summary>
public sealed record SettingsProblem(string Origin, string Message)
{
    public override string ToString() => $"{Origin}: {Message}";
}

/// <summary>Stops the start: the settings cannot be used. The message holds every problem, a line each.</summary>
public sealed class SettingsException(IReadOnlyList<SettingsProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems))
{
    public IReadOnlyList<SettingsProblem> Problems { get; } = problems;
}
