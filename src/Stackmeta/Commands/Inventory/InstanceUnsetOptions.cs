using System.CommandLine;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The options of <c>instance unset</c>.</summary>
sealed class InstanceUnsetOptions : EntryOptions<InstanceEntry>
{
    readonly Option<string[]> _properties = OptionKinds.Texts("--property", "Removes metadata", "KEY");
    readonly Option<string[]> _groups = OptionKinds.Texts("--security-group", "Removes a security group", "NAME");

    public override IEnumerable<Option> All => [_properties, _groups];

    public override Func<InstanceEntry, InstanceEntry> Read(ParseResult parsed) =>
        entry =>
            entry with
            {
                Metadata =
                [
                    .. ListChange.Remove(
                        "property",
                        entry.Metadata,
                        parsed.GetValue(_properties)!,
                        static (present, text) => present.Key == text
                    ),
                ],
                SecurityGroups =
                [
                    .. ListChange.Remove(
                        "security group",
                        entry.SecurityGroups,
                        parsed.GetValue(_groups)!,
                        static (present, text) => present == text
                    ),
                ],
            };
}
