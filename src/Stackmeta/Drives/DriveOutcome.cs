using Stackmeta.ConfigDrive;
using Stackmeta.Core.Refusals;

namespace Stackmeta;

/// <summary>A drive that is ready to be written, or why there is none.</summary>
/// <param name="Drive">Null when refused.</param>
/// <param name="Refusal">What could not be found or rendered; <see cref="Refusal.None"/> also where the documents do not fit into the
/// format.</param>
/// <param name="Sentence">Why there is no drive, for people; empty when there is one.</param>
sealed record DriveOutcome(Drive? Drive, Refusal Refusal, string Sentence)
{
    public static DriveOutcome Of(Drive drive) => new(drive, Refusal.None, "");

    public static DriveOutcome Refused(Refusal refusal, string instance) => new(null, refusal, Why(refusal, instance));

    public static DriveOutcome DoesNotFit(IEnumerable<DriveProblem> problems) =>
        new(null, Refusal.None, string.Join(' ', problems.Select(static problem => problem.Sentence)));

    static string Why(Refusal refusal, string instance) =>
        refusal switch
        {
            Refusal.InstanceNotFound => $"There is no instance '{instance}'.",
            Refusal.InstanceSourceUnavailable => "The instance cannot be read at the moment; try again.",
            Refusal.PartUnreadable =>
                "A part of the instance's record that the drive shows, its flavor for example, is missing or unreadable.",
            Refusal.VendorDataUnavailable => "The vendor data cannot be had.",
            Refusal.SecurityGroupsUnavailable => "The names of the security groups cannot be had.",
            _ => $"The drive cannot be rendered ({RefusalDescription.Of(refusal).Name}).",
        };
}
